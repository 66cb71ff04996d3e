package dev.sluice.sandbox;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpHeaders;
import java.util.List;

/** An answer of the sandbox as a test reads it. */
public record Reply(int status, HttpHeaders headers, String body) {

  public JsonObject json() {
    return new JsonObject(body);
  }

  public String message() {
    return json().getString("message");
  }

  public JsonArray data() {
    return json().getJsonArray("data");
  }

  public List<String> each(String field) {
    return data().stream().map(one -> ((JsonObject) one).getString(field)).toList();
  }

  public String cursor() {
    return json().getJsonObject("pagination").getString("cursor");
  }

  public String header(String name) {
    return headers.firstValue(name).orElse(null);
  }
}
