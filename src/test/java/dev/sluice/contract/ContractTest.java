package dev.sluice.contract;

import static dev.sluice.contract.Contracts.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.conf.InvalidConfiguration;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ContractTest {
  private static final String SCHEMAS = "components: { schemas: { A: { type: string } } }\n";

  @Test
  void everyOperationHasItsHandlerAndEveryHandlerItsOperation() {
    Contract contract = Contracts.of(get("/x", "summary: s"));
    contract.matchHandlers("a", Set.of("x"));
    contract.matchHandlers("other", Set.of());
  }

  @Test
  void anOperationWithoutAHandlerIsNamed() {
    assertEquals("app a: operation x has no handler; add it to the app", orphans(Set.of()));
  }

  @Test
  void aHandlerWithoutAnOperationIsNamed() {
    assertEquals(
        "app a: handler y has no operation; declare it in openapi.yaml", orphans(Set.of("x", "y")));
  }

  @Test
  void bothKindsOfOrphansAreToldAtOnce() {
    assertEquals(3, orphans(Set.of("z", "y")).lines().count());
  }

  @Test
  void theAppsDocumentsArePublishedAsOneWithoutTheirPolicies() {
    JsonNode published =
        Contracts.of(
                get("/x", "x-sluice: { limit: login }\nsummary: s") + SCHEMAS,
                get("/y", "summary: t").replace("operationId: x", "operationId: y")
                    + SCHEMAS.replace("A:", "B:"))
            .published();
    assertEquals("s", published.at("/paths/~1x/get/summary").asText());
    assertEquals("t", published.at("/paths/~1y/get/summary").asText());
    assertFalse(published.toString().contains("x-sluice"), published.toString());
    assertTrue(published.at("/components/schemas").has("A"));
    assertTrue(published.at("/components/schemas").has("B"));
    assertEquals("3.1.0", published.at("/openapi").asText());
  }

  @Test
  void methodsOfOnePathFromTwoDocumentsStandTogether() {
    String post = get("/x", "summary: t").replace("get:", "post:").replace("Id: x", "Id: y");
    JsonNode published = Contracts.of(get("/x", "summary: s"), post).published();
    assertEquals("s", published.at("/paths/~1x/get/summary").asText());
    assertEquals("t", published.at("/paths/~1x/post/summary").asText());
  }

  @Test
  void equalComponentsMayBeSharedDifferentOnesClashByName() {
    String y = get("/y", "summary: t").replace("Id: x", "Id: y");
    Contracts.of(get("/x", "summary: s") + SCHEMAS, y + SCHEMAS);
    assertEquals(
        "b.yaml:7: A differs from another document's; rename it",
        Contracts.mistake(
            get("/x", "summary: s") + SCHEMAS, y + SCHEMAS.replace("string", "integer")));
  }

  private static String orphans(Set<String> handlers) {
    Contract contract = Contracts.of(get("/x", "summary: s"));
    return assertThrows(InvalidConfiguration.class, () -> contract.matchHandlers("a", handlers))
        .getMessage();
  }
}
