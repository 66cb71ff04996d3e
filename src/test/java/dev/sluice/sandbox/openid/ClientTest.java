package dev.sluice.sandbox.openid;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClientTest {

  private static final Client CLIENT = new Client("id", "secret", Client.USUAL_REDIRECTS);

  @ParameterizedTest
  @CsvSource({
    "http://localhost:8080/docs, true",
    "http://localhost:3000/callback, true",
    "https://app.example.com/callback, true",
    "https://app.example.com/callback/, false",
    "https://app.example.com/callback?x=1, false",
    "https://app.example.com:444/callback, false",
    "http://app.example.com/callback, false",
    "http://127.0.0.1:51004/back, true",
    "http://127.0.0.1/back, true",
    "http://[::1]:9/back, true",
    "http://localhost:1/any?x=1, true",
    "https://localhost:1/any, false",
    "http://localhost:1/any#fragment, false",
    "http://localhost@evil.example/any, false",
    "http://evil@localhost:1/any, false",
    "http://localhost.evil.example/any, false",
    "http://127.0.0.1.evil.example/any, false",
    "http://127.0.0.2/any, false",
    "javascript:alert(1), false",
    "http://local host/, false",
    "//localhost/x, false",
  })
  void codesGoWhereTheClientIsRegistered(String uri, boolean may) {
    assertEquals(may, CLIENT.mayRedirectTo(uri));
  }
}
