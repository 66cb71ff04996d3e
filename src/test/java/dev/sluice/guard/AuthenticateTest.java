package dev.sluice.guard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.call.Caller;
import dev.sluice.call.Failure;
import dev.sluice.call.Peer;
import dev.sluice.conf.Document;
import dev.sluice.contract.Contract;
import dev.sluice.contract.Known;
import dev.sluice.contract.Operation;
import dev.sluice.contract.Source;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class AuthenticateTest {

  @Test
  void anOpenOperationKnowsNobodyWhateverTheySend() {
    Caller caller = caller("none", "Bearer secret", "1.2.3.4");
    assertTrue(caller.isAnonymous());
    assertEquals("1.2.3.4", caller.peer().address());
    assertEquals(null, caller.token());
  }

  @Test
  void aTokenIsPassedOnAndNamesItsCallerWithoutTellingIt() {
    Caller caller = passthrough("Bearer s3cret");
    assertEquals("s3cret", caller.token());
    assertFalse(caller.subject().contains("s3cret"));
    assertFalse(caller.toString().contains("s3cret"));
    assertEquals(caller.subject(), passthrough("bEARER  s3cret ").subject());
    assertNotEquals(caller.subject(), passthrough("Bearer s3creT").subject());
  }

  @ParameterizedTest
  @NullSource
  @ValueSource(
      strings = {"", "Bearer", "Bearer ", "Basic abc", "Bearer a b", "Bearer é", "Bearera"})
  void whatIsNoBearerTokenIsRefused(String header) {
    Failure failure = assertThrows(Failure.class, () -> passthrough(header));
    assertEquals(401, failure.status());
    assertEquals("UNAUTHORIZED", failure.code());
  }

  @Test
  void aTokenHasABound() {
    passthrough("Bearer " + "x".repeat(4096));
    assertThrows(Failure.class, () -> passthrough("Bearer " + "x".repeat(4097)));
  }

  private static Caller passthrough(String header) {
    return caller("passthrough", header, "::1");
  }

  private static Caller caller(String auth, String header, String address) {
    return new Authenticate(null, null)
        .caller(operation(auth).policy().access(), header, new Peer(address, null))
        .result();
  }

  private static Operation operation(String auth) {
    String yaml =
        "openapi: 3.1.0\npaths: { /x: { get: { operationId: x, x-sluice: { auth: %s } } } }\n"
            .formatted(auth);
    return Contract.of(
            List.of(Source.ofApp("a", Document.parse("a.yaml", yaml))),
            Known.limits(Set.of("default")))
        .operation("x");
  }
}
