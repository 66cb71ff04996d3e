package dev.sluice.prove;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sluice.harness.GatewayProcess;
import org.junit.jupiter.api.Test;

/** A small crowd of {@code scripts/prove secrets}. */
class SecrecyIT {
  @Test
  void nothingThatIsSecretLiesAbout() throws Exception {
    assumeTrue(GatewayProcess.isBuilt(), "mvn package makes it");
    assertTrue(new Secrecy(10).holds());
  }
}
