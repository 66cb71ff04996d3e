package dev.sluice.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.io.IOException;
import org.junit.jupiter.api.Test;

class ScriptsTest {
  @Test
  void aFingerprintStandsForTheContents() throws IOException {
    assertEquals(new Scripts("store/good").fingerprint(), new Scripts("store/good").fingerprint());
    assertNotEquals(
        new Scripts("store/good").fingerprint(), new Scripts("store/bad").fingerprint());
  }

  @Test
  void scriptsInAJarAreReadToo() throws IOException {
    assertNotEquals(
        new Scripts("nowhere").fingerprint(),
        new Scripts("META-INF/services").fingerprint(),
        "services are in jars on the test class path");
  }
}
