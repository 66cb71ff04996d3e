package dev.sluice.app.studio.note;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.sluice.harness.RunningGateway;
import dev.sluice.identity.Person;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.client.HttpResponse;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;

/** Where somebody writes notes: a session of theirs. */
record Desk(RunningGateway gateway, Person person) {

  static Desk of(RunningGateway gateway, String email) {
    return new Desk(gateway, Person.signedIn(gateway, email));
  }

  static JsonObject note(String title, String content, String... tags) {
    return new JsonObject()
        .put("id", UUID.randomUUID().toString())
        .put("title", title)
        .put("content", content)
        .put("tags", new JsonArray(List.of(tags)));
  }

  /** The same with another content. */
  static JsonObject saying(JsonObject note, String content) {
    return note.copy().put("content", content);
  }

  String[] bearer() {
    return new String[] {"Authorization", "Bearer " + person.accessToken};
  }

  HttpResponse<Buffer> post(String path, JsonObject body, String... headers) {
    return person.post(path, body, headers);
  }

  /** What a save answers that went well. */
  JsonObject saved(JsonObject note, String... headers) {
    return good(post("/notes/save", note, headers));
  }

  JsonObject load(JsonObject note) {
    return good(person.get("/notes/load?id=" + note.getString("id")));
  }

  HttpResponse<Buffer> load(JsonObject note, String more) {
    return person.get("/notes/load?id=" + note.getString("id") + more);
  }

  HttpResponse<Buffer> delete(JsonObject note, String more, String... headers) {
    String uri = "/notes/delete?id=" + note.getString("id") + more;
    return person.send(HttpMethod.DELETE, uri, null, headers);
  }

  HttpResponse<Buffer> restore(JsonObject note, JsonObject more, String... headers) {
    return post("/notes/restore", more.copy().put("id", note.getString("id")), headers);
  }

  List<JsonObject> versions(JsonObject note) {
    return all(good(person.get("/notes/versions?id=" + note.getString("id"))), "versions");
  }

  /** A page, by names and values of the query. */
  JsonObject page(String... query) {
    return good(list(query));
  }

  HttpResponse<Buffer> list(String... query) {
    StringBuilder uri = new StringBuilder("/notes/list?");
    for (int i = 0; i < query.length; i += 2) {
      String value = URLEncoder.encode(query[i + 1], StandardCharsets.UTF_8);
      uri.append(query[i]).append('=').append(value).append('&');
    }
    return person.get(uri.substring(0, uri.length() - 1));
  }

  List<JsonObject> notes(String... query) {
    return all(page(query), "notes");
  }

  List<String> titles(String... query) {
    return notes(query).stream().map(note -> note.getString("title")).toList();
  }

  static List<JsonObject> all(JsonObject answer, String name) {
    return answer.getJsonArray(name).stream().map(JsonObject.class::cast).toList();
  }

  static JsonObject good(HttpResponse<Buffer> answer) {
    if (answer.statusCode() >= 300) throw new AssertionError(answer.bodyAsString());
    return answer.bodyAsJsonObject();
  }

  /** The error that an answer is. */
  static JsonObject refused(int status, String code, HttpResponse<Buffer> answer) {
    assertEquals(status, answer.statusCode(), answer.bodyAsString());
    JsonObject error = RunningGateway.error(answer);
    assertEquals(code, error.getString("code"), answer.bodyAsString());
    return error;
  }
}
