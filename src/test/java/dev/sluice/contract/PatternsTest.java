package dev.sluice.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.vertx.core.json.JsonObject;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PatternsTest {

  @ParameterizedTest
  @CsvSource({
    "^a$, ^a\\z",
    "^(a$|b$), ^(a\\z|b\\z)",
    "a\\$b, a\\$b",
    "[$a]+$, [$a]+\\z",
    "[\\]$]$, [\\]$]\\z",
    "a\\, a\\"
  })
  void theEndIsTheEnd(String pattern, String java) {
    assertEquals(java, Patterns.java(pattern));
  }

  @Test
  void aLastLineEndIsNoEnd() {
    JsonObject role = new JsonObject().put("type", "string").put("pattern", "^[a-z]+$");
    Schema schema = Schema.compile(role, new JsonObject());
    assertNull(schema.refusal("admin"));
    assertEquals("does not match ^[a-z]+$", schema.refusal("admin\n"));
  }

  @Test
  void whatIsComparedStaysAsItIs() {
    JsonObject schema = new JsonObject("{\"const\":{\"pattern\":\"a$\"}}");
    assertEquals(schema, Patterns.inJava(schema));
  }

  @Test
  void aFieldOfControlCharactersIsRefusedLikeAnyOther() {
    JsonObject closed =
        new JsonObject("{\"type\":\"object\",\"additionalProperties\":false,\"properties\":{}}");
    Schema schema = Schema.compile(closed, new JsonObject());
    for (String name : List.of("\u0000", "\n", "\u0001", "email\u0000", "a\u0000b", "%", "%zz")) {
      List<?> wrong = schema.refusals(new JsonObject().put(name, 1));
      assertEquals(1, wrong.size());
      assertNotNull(wrong.get(0));
    }
  }
}
