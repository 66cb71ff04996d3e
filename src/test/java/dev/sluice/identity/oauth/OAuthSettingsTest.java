package dev.sluice.identity.oauth;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OAuthSettingsTest {
  private static OAuthSettings listing(String... uris) {
    return new OAuthSettings(List.of(uris), Duration.ofMinutes(10));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://app.example.com/callback",
        "http://localhost:3000/callback",
        "http://127.0.0.1/callback",
        "http://[::1]/callback",
        "com.example.app:/callback"
      })
  void whereACodeMayGoIsListed(String uri) {
    assertTrue(listing(uri).allows(uri));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "*",
        "https://*.example.com/callback",
        "http://app.example.com/callback",
        "https://app.example.com/callback#x",
        "https://user@app.example.com/callback",
        "https:///callback",
        "javascript:alert(1)",
        "data:text/html,x",
        "/callback",
        "app.example.com/callback",
        "myapp:/callback",
        "no uri"
      })
  void whereNoneMayGoIsAMistake(String uri) {
    String message = assertThrows(IllegalArgumentException.class, () -> listing(uri)).getMessage();
    assertTrue(message.endsWith("; not " + uri), message);
  }

  @Test
  void onThisMachineAnyPortWillDo() {
    OAuthSettings settings = listing("http://127.0.0.1/cb:80/x", "http://[::1]/callback");
    assertTrue(settings.allows("http://127.0.0.1:80/cb:80/x"));
    assertTrue(settings.allows("http://[::1]:5000/callback"));
    assertFalse(settings.allows("http://127.0.0.1:080/cb:80/x"));
    assertFalse(settings.allows("http://127.0.0.1:80/cb/x"));
    assertFalse(listing("http://127.0.0.1:80/callback").allows("http://127.0.0.1:81/callback"));
    assertFalse(settings.allows(""));
    assertFalse(listing().allows(""));
  }

  @Test
  void aSignInLastsAnHourAtMost() {
    assertDoesNotThrow(() -> new OAuthSettings(List.of(), Duration.ofHours(1)));
    for (Duration wrong : List.of(Duration.ZERO, Duration.ofMinutes(61))) {
      assertThrows(IllegalArgumentException.class, () -> new OAuthSettings(List.of(), wrong));
    }
  }
}
