package dev.sluice.webhook;

import static dev.sluice.harness.RunningGateway.await;

import com.standardwebhooks.exceptions.WebhookVerificationException;
import dev.sluice.bus.Event;
import dev.sluice.call.Ids;
import dev.sluice.harness.RunningGateway;
import dev.sluice.harness.Sql;
import dev.sluice.harness.ToyReceiver;
import dev.sluice.harness.ToyReceiver.Received;
import dev.sluice.identity.Person;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.client.HttpResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A gateway with webhooks, whose receivers are on this machine, and that loses no time. */
final class Hooks implements AutoCloseable {
  private static final String YAML =
      """
      identity: { admins: [root@example.com] }
      webhooks:
        http: true
        allow: [127.0.0.0/8]
        schedule: [0s, 40ms, 80ms, 120ms]
        connectTimeout: 10s
        timeout: 30s
      """;

  final RunningGateway gateway;
  final Sql sql;

  Hooks() {
    this(Map.of());
  }

  private Hooks(Map<String, String> more) {
    Map<String, String> settings = new HashMap<>(more);
    settings.put("SLUICE_APPS", "identity,traffic,studio,notebook");
    settings.put("SLUICE_IDENTITY_CODES_PERIP", "1000");
    gateway = new RunningGateway(settings, YAML);
    sql = more.isEmpty() ? Sql.of(gateway) : null;
    if (sql != null) sql.update("SET search_path = traffic, identity");
  }

  /** Another node of the same. */
  Hooks twin() {
    try {
      return new Hooks(
          Map.of(
              "SLUICE_STORE_POSTGRES",
              Sql.uri(gateway),
              "SLUICE_STORE_KEYSET",
              Files.readString(gateway.data().resolve("keyset.json"))));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Person someone(String name) {
    return Person.signedIn(gateway, name + "@example.com");
  }

  static String id(Person person) {
    return person.user.getString("id");
  }

  static JsonObject wish(String url, String... events) {
    return new JsonObject().put("url", url).put("events", new JsonArray(List.of(events)));
  }

  /** A webhook with its secret. */
  static JsonObject create(Person owner, ToyReceiver receiver, String... events) {
    HttpResponse<Buffer> made = owner.post("/webhooks", wish(receiver.url(), events));
    if (made.statusCode() != 201) throw new AssertionError(made.bodyAsString());
    return made.bodyAsJsonObject();
  }

  static String path(JsonObject webhook) {
    return "/webhooks/" + webhook.getString("id");
  }

  static HttpResponse<Buffer> patch(Person owner, JsonObject webhook, String change) {
    return owner.send(HttpMethod.PATCH, path(webhook), new JsonObject(change));
  }

  static JsonObject get(Person owner, JsonObject webhook) {
    return owner.get(path(webhook)).bodyAsJsonObject();
  }

  /** The newest first. */
  static List<JsonObject> deliveries(Person owner, JsonObject webhook) {
    JsonArray page =
        owner.get(path(webhook) + "/deliveries").bodyAsJsonObject().getJsonArray("deliveries");
    return page.stream().map(JsonObject.class::cast).toList();
  }

  static JsonObject newest(Person owner, JsonObject webhook) {
    return deliveries(owner, webhook).get(0);
  }

  /** The newest delivery, once it has ended so. */
  JsonObject ended(Person owner, JsonObject webhook, String state) {
    gateway.until(
        "a delivery is " + state, () -> newest(owner, webhook).getString("state").equals(state));
    return newest(owner, webhook);
  }

  static List<JsonObject> attempts(JsonObject delivery) {
    return delivery.getJsonArray("attempts").stream().map(JsonObject.class::cast).toList();
  }

  int publish(String type, Person owner, Map<String, Object> data) {
    return await(gateway.gateway().webhooks().publish(event(type, owner, data)));
  }

  int publish(String type, Person owner) {
    return publish(type, owner, Map.of("n", 1));
  }

  static Event event(String type, Person owner, Map<String, Object> data) {
    return new Event(Ids.next(), type, owner == null ? null : id(owner), data, Instant.now());
  }

  void untilReceived(ToyReceiver receiver, int requests) {
    gateway.until(
        requests + " requests came, not " + receiver.received.size(),
        () -> receiver.received.size() >= requests);
  }

  /** Whether the reference library takes what has come for something of that secret. */
  static boolean isSignedWith(String secret, Received request) {
    Map<String, List<String>> fields = new TreeMap<>();
    request.fields().forEach((name, value) -> fields.put(name, List.of(value)));
    try {
      new com.standardwebhooks.Webhook(secret).verify(request.body(), fields);
      return true;
    } catch (WebhookVerificationException e) {
      return false;
    }
  }

  @Override
  public void close() {
    if (sql != null) sql.close();
    gateway.close();
  }
}
