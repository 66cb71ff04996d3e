package dev.sluice.job;

import static dev.sluice.harness.RunningGateway.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.sluice.harness.RunningGateway;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.client.HttpResponse;
import java.util.ArrayList;
import java.util.List;

/** Calls that are put off, as their callers see them. */
record Asked(RunningGateway gateway, String account) {

  HttpResponse<Buffer> later(String path, JsonObject body, String... headers) {
    List<String> all = new ArrayList<>(List.of(headers));
    all.addAll(List.of("Content-Type", "application/json", "Prefer", "respond-async"));
    return gateway.send(
        HttpMethod.POST, path + "?account=" + account, body.toBuffer(), all.toArray(String[]::new));
  }

  /** Where the job is, of a call that is put off. */
  String job(String path, JsonObject body, String... headers) {
    HttpResponse<Buffer> answer = later(path, body, headers);
    assertEquals(202, answer.statusCode(), answer.bodyAsString());
    return answer.getHeader("location");
  }

  static JsonObject note(String note) {
    return new JsonObject().put("note", note);
  }

  static JsonObject note(String note, String how) {
    return note(note).put("how", how);
  }

  JsonObject look(String job, String... headers) {
    HttpResponse<Buffer> answer = gateway.get(job, headers);
    assertEquals(200, answer.statusCode(), answer.bodyAsString());
    return answer.bodyAsJsonObject();
  }

  /** The job once it is in a state. */
  JsonObject until(String job, String state, String... headers) {
    gateway.until(
        job + " is " + state + ", not " + look(job, headers),
        () -> look(job, headers).getString("state").equals(state));
    return look(job, headers);
  }

  static List<String> notes(RunningGateway gateway, String account) {
    return await(gateway.sendAsync(HttpMethod.GET, "/ledger?account=" + account, null))
        .bodyAsJsonObject()
        .getJsonArray("notes")
        .stream()
        .map(Object::toString)
        .toList();
  }

  List<String> notes() {
    return notes(gateway, account);
  }
}
