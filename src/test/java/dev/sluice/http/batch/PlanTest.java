package dev.sluice.http.batch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.call.Body;
import dev.sluice.call.Failure;
import io.vertx.core.MultiMap;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PlanTest {

  @Test
  void partsRunAfterWhatTheyNeedAndAreAnsweredInTheirOrder() {
    Plan plan =
        plan(
            part("c", "/x/{{b.body.id}}"),
            part("a", "/a"),
            part("b", "/b").put("dependsOn", new JsonArray().add("a")));
    assertEquals(List.of("c", "a", "b"), plan.ids());
    assertEquals(List.of("a", "b", "c"), List.copyOf(plan.parts().keySet()));
    assertEquals(Set.of("b"), plan.parts().get("c").after());
  }

  @Test
  void referencesAreFoundWhereverTheyStand() {
    JsonObject body =
        new JsonObject()
            .put("deep", new JsonArray().add(new JsonObject().put("x", "{{ b.body }}")))
            .put("{{d.body}}", "names are no places");
    Plan plan =
        plan(
            part("a", "/p/{{c.status}}?q={{ c.body.0.x }}")
                .put("headers", new JsonObject().put("X-A", "{{e.headers.location}}"))
                .put("body", body),
            part("b", "/"),
            part("c", "/"),
            part("d", "/"),
            part("e", "/"));
    assertEquals(Set.of("c", "e", "b"), plan.parts().get("a").after());
  }

  @Test
  void bracesAroundAnythingElseAreText() {
    Plan plan = plan(part("a", "/").put("body", "Dear {{name}}, {{b}} {{x.said.y}} {{ {{}} }}"));
    assertEquals(Set.of(), plan.parts().get("a").after());
  }

  @ParameterizedTest
  @CsvSource({"{{b.foo}}", "{{b.headers}}", "{{b.body.}}", "{{b.status.x}}", "{{b.body..x}}"})
  void whatIsNoReferenceToAPartIsRefused(String text) {
    Failure refused =
        assertThrows(Failure.class, () -> plan(part("a", "/").put("body", text), part("b", "/")));
    assertTrue(refused.getMessage().contains("must go on with"), refused.getMessage());
  }

  @ParameterizedTest
  @CsvSource({"{{typo.body.x}}", "{{typo.status}}", "{{ typo.headers.etag }}"})
  void whatRefersToNoPartIsRefused(String text) {
    for (JsonObject part : List.of(part("a", "/").put("body", text), part("a", "/" + text))) {
      Failure refused = assertThrows(Failure.class, () -> plan(part));
      assertTrue(refused.getMessage().contains("refers to no part"), refused.getMessage());
    }
  }

  @Test
  void aPathBeginsAtTheRootAndHasNoSpacesButInReferences() {
    plan(part("a", "/x/{{ b.body.id }}?n={{b.status}}"), part("b", "/b"));
    String long1 = "/" + "{{x}} ".repeat(10_000);
    for (String path : List.of("x", "http://a/b", "/a b", "/é", "/{{a b", "", long1)) {
      Failure refused = assertThrows(Failure.class, () -> plan(part("a", path)));
      assertTrue(refused.getMessage().contains("must begin with /"), refused.getMessage());
    }
  }

  @Test
  void aFewBytesDoNotBecomeMany() {
    JsonObject answer = new JsonObject().put("text", "x".repeat(1000));
    JsonArray many = new JsonArray();
    for (int i = 0; i < 200; i++) many.add("{{b.body}}");
    resolved(part("a", "/").put("body", many), answer);
    for (int i = 0; i < 100; i++) many.add(i % 2 == 0 ? "{{b.body}}" : "-{{b.body.text}}-");
    Failure refused =
        assertThrows(Failure.class, () -> resolved(part("a", "/").put("body", many), answer));
    assertEquals("REFERENCE_TOO_LARGE", refused.facts().code());
  }

  @Test
  void circlesAreNamed() {
    Failure refused =
        assertThrows(
            Failure.class,
            () ->
                plan(
                    part("first", "/{{a.body}}"),
                    part("a", "/{{b.body}}"),
                    part("b", "/{{c.body}}"),
                    part("c", "/{{a.body}}")));
    assertTrue(refused.getMessage().contains("a → b → c → a"), refused.getMessage());
    Failure self = assertThrows(Failure.class, () -> plan(part("a", "/{{a.body}}")));
    assertTrue(self.getMessage().contains("a → a"), self.getMessage());
  }

  @Test
  void everyMistakeIsNamed() {
    JsonObject odd =
        part("a", "/")
            .put("dependsOn", new JsonArray().add("gone"))
            .put("headers", new JsonObject().put("Cookie", "x").put("X-a", "1").put("x-A", "2"));
    Failure refused = assertThrows(Failure.class, () -> plan(odd, part("a", "/")));
    List<String> fields = refused.facts().fields().stream().map(Failure.Field::field).toList();
    assertEquals(
        List.of(
            "requests.1.id",
            "requests.0.headers.Cookie",
            "requests.0.headers.x-A",
            "requests.0.dependsOn"),
        fields);
  }

  @Test
  void referencesAreResolvedByTheirPlace() {
    JsonObject answer =
        new JsonObject()
            .put("id", "a/b c?&ü")
            .put("n", 7)
            .put("list", new JsonArray().add(new JsonObject().put("x", true)))
            .putNull("none");
    JsonObject body =
        new JsonObject()
            .put("whole", "{{b.body}}")
            .put("number", "{{b.body.n}}")
            .put("text", "n={{b.body.n}}, {{b.status}}")
            .put("item", "{{b.body.list.0.x}}")
            .put("none", "{{b.body.none}}")
            .put("other", "{{c}}");
    Part part =
        resolved(
            part("a", "/x/{{b.body.id}}?n={{b.body.n}}")
                .put("headers", new JsonObject().put("X-L", "{{b.headers.location}}"))
                .put("body", body),
            answer);
    assertEquals("/x/a%2Fb%20c%3F%26%C3%BC?n=7", part.path());
    assertEquals("/b/1", part.headers().get("x-l"));
    JsonObject wanted =
        new JsonObject()
            .put("whole", answer)
            .put("number", 7)
            .put("text", "n=7, 201")
            .put("item", true)
            .putNull("none")
            .put("other", "{{c}}");
    assertEquals(wanted, part.body());
  }

  @ParameterizedTest
  @CsvSource({
    "/{{b.body.gone}}, is not in that answer",
    "/{{b.body.list.9}}, is not in that answer",
    "/{{b.body.list.x}}, is not in that answer",
    "/{{b.body.id.x}}, is not in that answer",
    "/{{b.headers.x-gone}}, is not among the fields",
    "/{{b.body.list}}, is no text or number",
    "/{{b.body}}, is no text or number",
    "/{{b.body.none}}, is no text or number",
  })
  void whatIsNotThereIsSaid(String path, String reason) {
    JsonObject answer =
        new JsonObject().put("id", "x").put("list", new JsonArray()).putNull("none");
    Failure refused = assertThrows(Failure.class, () -> resolved(part("a", path), answer));
    assertEquals("REFERENCE_NOT_FOUND", refused.code());
    assertTrue(refused.getMessage().contains(reason), refused.getMessage());
  }

  @Test
  void noFieldIsEndedByWhatItRefersTo() {
    JsonObject odd = part("a", "/").put("headers", new JsonObject().put("X-A", "{{b.body.id}}"));
    JsonObject answer = new JsonObject().put("id", "x\r\nX-Admin: 1");
    assertThrows(Failure.class, () -> resolved(odd, answer));
  }

  private static Part resolved(JsonObject part, Object answer) {
    Plan plan = plan(part, part("b", "/b"));
    MultiMap headers = MultiMap.caseInsensitiveMultiMap().add("Location", "/b/1");
    Map<String, Outcome> outcomes = new HashMap<>();
    outcomes.put("b", new Outcome(201, headers, () -> answer));
    return new References(outcomes::get).resolve(plan.parts().get("a"));
  }

  private static JsonObject part(String id, String path) {
    return new JsonObject().put("id", id).put("method", "GET").put("path", path);
  }

  private static Plan plan(JsonObject... parts) {
    return Plan.of(Body.json(new JsonObject().put("requests", new JsonArray(List.of(parts)))));
  }
}
