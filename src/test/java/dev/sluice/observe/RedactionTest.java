package dev.sluice.observe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RedactionTest {
  @ParameterizedTest
  @ValueSource(strings = {"token", "access_token", "client_secret", "code", "endpoint", "deviceId"})
  void whatIsSecretIsNotLogged(String name) {
    assertEquals("/a?b=1&" + name + "=***", Redaction.uri("/a?b=1&" + name + "=s3cr3t"));
    assertEquals("/a?" + name + "=***&b=1", Redaction.uri("/a?" + name + "=s3cr3t&b=1"));
  }

  @Test
  void soAreParametersOfSuchNames() {
    assertTrue(Redaction.hides("X-Device-Id"));
    assertFalse(Redaction.hides("device"));
  }

  @Test
  void allElseIs() {
    assertEquals("/a?channel=ninja&limit=5", Redaction.uri("/a?channel=ninja&limit=5"));
  }
}
