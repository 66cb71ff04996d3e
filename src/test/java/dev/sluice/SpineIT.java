package dev.sluice;

import static dev.sluice.harness.RunningGateway.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.bus.Address;
import dev.sluice.call.Call;
import dev.sluice.call.Deadline;
import dev.sluice.call.Reply;
import dev.sluice.harness.RunningGateway;
import dev.sluice.harness.WithGateway;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.Message;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.client.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Dedup and batching are routing: what reaches Twitch when many ask at once. */
@ExtendWith(WithGateway.class)
class SpineIT {

  @Test
  void tenThousandEqualColdCallsAreOneUpstreamCall(RunningGateway gateway) {
    int before = gateway.upstreamCalls("get-clips");
    List<Future<Buffer>> answers = new ArrayList<>();
    HttpClient h2 = h2(gateway.vertx());
    for (int i = 0; i < 10_000; i++) {
      answers.add(body(h2, gateway.port(), "/clips?channel=xqc&limit=9"));
    }
    await(Future.join(answers));
    Set<Buffer> different = new HashSet<>();
    answers.forEach(answer -> different.add(answer.result()));
    assertEquals(1, different.size(), "equal answers");
    assertEquals(before + 1, gateway.upstreamCalls("get-clips"));
  }

  /** Where a batch waits for the next call for as long as a busy machine may take to send it. */
  @Test
  void aHundredDifferentUsersAreAtMostTwoUpstreamCalls() {
    String batch = "SLUICE_PROVIDERS_TWITCH_TRAFFIC_BATCH_";
    try (RunningGateway patient =
        new RunningGateway(
            Map.of(batch + "QUIET", "1s", batch + "BURST", "1s", batch + "LONGEST", "3s"))) {
      aHundredDifferentUsers(patient);
    }
  }

  private static void aHundredDifferentUsers(RunningGateway gateway) {
    List<String> logins = gateway.logins();
    List<Future<Buffer>> answers = new ArrayList<>();
    HttpClient h2 = h2(gateway.vertx());
    int before = gateway.upstreamCalls("get-users");
    for (String login : logins) answers.add(body(h2, gateway.port(), "/user?login=" + login));
    await(Future.join(answers));
    for (int i = 0; i < 100; i++) {
      JsonObject found = answers.get(i).result().toJsonObject();
      JsonObject user = found.getJsonArray("data").getJsonObject(0);
      assertEquals(logins.get(i), user.getString("login"));
    }
    int calls = gateway.upstreamCalls("get-users") - before;
    assertTrue(calls <= 2, calls + " calls");
  }

  @Test
  void oneBadIdInABatchFailsAlone(RunningGateway gateway) {
    List<Future<HttpResponse<Buffer>>> answers = new ArrayList<>();
    for (String id : List.of("509658", "999999999", "33214")) {
      answers.add(gateway.sendAsync(HttpMethod.GET, "/game?id=" + id, null));
    }
    await(Future.join(answers));
    assertEquals(
        List.of(200, 404, 200), answers.stream().map(a -> a.result().statusCode()).toList());
  }

  @Test
  void aSiblingVerticleAsksWithPlainJson(RunningGateway gateway) {
    Vertx vertx = gateway.gateway().vertx();
    JsonObject question = new JsonObject().put("channel", "ninja").put("limit", 5);
    Message<JsonObject> answer = await(vertx.eventBus().request("op.getClips", question));
    assertEquals(200, answer.body().getInteger("status"));
    assertEquals(5, answer.body().getJsonObject("body").getJsonArray("data").size());
  }

  @Test
  void aSiblingVerticleAsksWithRecords(RunningGateway gateway) {
    Address<Call, Reply> door = Address.shared("op.getUser", Call.class, Reply.class);
    Deadline deadline = Deadline.in(Duration.ofSeconds(10));
    Call call = Call.of("getUser", Map.of("login", "ninja"), deadline);
    Reply reply = await(door.ask(gateway.gateway().vertx(), call, deadline));
    assertEquals(
        "ninja", reply.jsonBody().getJsonArray("data").getJsonObject(0).getString("login"));
  }

  @Test
  void whatASiblingAsksIsValidatedToo(RunningGateway gateway) {
    Vertx vertx = gateway.gateway().vertx();
    JsonObject question = new JsonObject().put("channel", "ninja").put("limit", 500);
    Throwable refusal =
        await(
            vertx
                .eventBus()
                .request("op.getClips", question)
                .transform((m, e) -> Future.succeededFuture(e)));
    assertTrue(refusal.getMessage().startsWith("VALIDATION_ERROR: limit: "), refusal.getMessage());
  }

  private static HttpClient h2(Vertx vertx) {
    HttpClientOptions options =
        new HttpClientOptions()
            .setProtocolVersion(HttpVersion.HTTP_2)
            .setHttp2ClearTextUpgrade(false);
    return vertx.createHttpClient(
        options, new PoolOptions().setHttp2MaxSize(100).setMaxWaitQueueSize(-1));
  }

  private static Future<Buffer> body(HttpClient client, int port, String uri) {
    return client
        .request(HttpMethod.GET, port, "127.0.0.1", uri)
        .compose(request -> request.send().compose(HttpClientResponse::body));
  }
}
