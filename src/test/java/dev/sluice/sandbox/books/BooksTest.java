package dev.sluice.sandbox.books;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.sluice.sandbox.Reply;
import dev.sluice.sandbox.RunningSandbox;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class BooksTest {
  private static final String BOOKS = "/v1/books";

  @RegisterExtension static final RunningSandbox sandbox = new RunningSandbox();

  @Test
  void theSameKeyAddsOnce() {
    Reply first = add("{\"title\":\"Ubik\"}", "one");
    Reply again = add("{\"title\":\"Ubik\"}", "one");
    assertEquals(201, first.status());
    assertEquals(first.body(), again.body());
    assertEquals(409, add("{\"title\":\"Ubik\"}", "two").status());
    String place = first.header("location");
    assertEquals("Ubik", sandbox.send("GET", place, null).json().getString("title"));
    assertEquals(204, sandbox.send("DELETE", place, null).status());
    assertEquals(404, sandbox.send("GET", place, null).status());
  }

  @Test
  void pagesAndSearches() {
    Reply page = sandbox.send("GET", BOOKS + "?author=Michael%20Ende&per_page=1", null);
    assertEquals("1", page.header("x-total-count"));
    assertEquals(1, new JsonArray(page.body()).size());
    Reply found = sandbox.send("POST", "/v1/search", "{\"text\":\"Lem\"}");
    assertEquals("1", found.header("x-total-count"));
  }

  @Test
  void whatIsNoBookIsRefused() {
    for (String body : new String[] {"", "{", "[]", "3", "{}", "{\"titel\":\"x\"}"}) {
      assertEquals(422, add(body, null).status(), body);
    }
    assertEquals(404, sandbox.send("GET", "/v1/covers/1.png", null).status());
    JsonObject refused = sandbox.send("PATCH", BOOKS, null).json();
    assertEquals("Method Not Allowed", refused.getString("message"));
  }

  private static Reply add(String body, String key) {
    return key == null
        ? sandbox.send("POST", BOOKS, body)
        : sandbox.send("POST", BOOKS, body, "idempotency-key", key);
  }
}
