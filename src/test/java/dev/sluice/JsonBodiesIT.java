package dev.sluice;

import static dev.sluice.harness.RunningGateway.await;
import static dev.sluice.harness.RunningGateway.error;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.bus.Address;
import dev.sluice.call.Body;
import dev.sluice.call.Call;
import dev.sluice.call.Deadline;
import dev.sluice.call.Failure;
import dev.sluice.call.Params;
import dev.sluice.call.Reply;
import dev.sluice.contract.json.JsonSettings;
import dev.sluice.contract.json.NastyJson;
import dev.sluice.harness.Await;
import dev.sluice.harness.RunningGateway;
import dev.sluice.harness.WithGateway;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.client.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(WithGateway.class)
class JsonBodiesIT {
  private static final JsonSettings USUAL = Settings.load(null, Map.of(), Map.of()).server().json();

  static Stream<NastyJson.Body> nasty() {
    return NastyJson.all(USUAL);
  }

  @ParameterizedTest
  @MethodSource("nasty")
  void isRefusedWithItsPlace(NastyJson.Body body, RunningGateway gateway) {
    HttpResponse<Buffer> nested = send(gateway, "/anything", body.bytes(), Body.JSON);
    assertEquals(400, nested.statusCode());
    assertEquals("VALIDATION_ERROR", error(nested).getString("code"));
    check(body, error(nested).getJsonObject("details").getJsonArray("errors"));
    HttpResponse<Buffer> flat = put(gateway, body.bytes(), Body.JSON);
    assertEquals(422, flat.statusCode());
    assertEquals("VALIDATION_ERROR", flat.bodyAsJsonObject().getString("code"));
    check(body, flat.bodyAsJsonObject().getJsonArray("errors"));
  }

  private static void check(NastyJson.Body body, JsonArray errors) {
    JsonObject wrong = errors.getJsonObject(0);
    assertTrue(wrong.getString("message").contains(body.reason()), wrong.encode());
    if (body.field() != null) assertEquals(body.field(), wrong.getString("field"));
    assertNull(wrong.getValue("value"));
  }

  @ParameterizedTest
  @ValueSource(strings = {" { \"b\":1.50,\n\"a\" : \"\\u00e9\" } ", "null", "[1e2]", "\"\""})
  void whatIsGoodReachesItsHandlerToTheByte(String text, RunningGateway gateway) {
    String merge = "application/merge-patch+json; charset=utf-8";
    for (String type : new String[] {Body.JSON, merge}) {
      HttpResponse<Buffer> answer = send(gateway, "/anything", Buffer.buffer(text), type);
      assertEquals(200, answer.statusCode());
      assertEquals(text, answer.bodyAsString());
    }
  }

  @Test
  void jsonByItsSuffixIsReadStrictlyAndTextIsNot(RunningGateway gateway) {
    Buffer twice = Buffer.buffer("{\"a\":1,\"a\":2}");
    String merge = "application/merge-patch+json";
    assertEquals(400, send(gateway, "/anything", twice, merge).statusCode());
    assertEquals(200, send(gateway, "/anything", twice, "text/plain").statusCode());
  }

  @Test
  void aLargeBodyIsReadAside(RunningGateway gateway) {
    Buffer large = Buffer.buffer("[\"" + "x".repeat(9_000_000) + "\"]");
    assertEquals(large, send(gateway, "/anything", large, Body.JSON).body());
  }

  /** Seed 002's request validation. */
  @Test
  void onApiV1ABodyIsJsonAndNotTooLarge(RunningGateway gateway) {
    Buffer small = Buffer.buffer("a=1");
    for (String type : new String[] {"application/x-www-form-urlencoded", "text/json", "x"}) {
      checkFlat(put(gateway, small, type), 415, "UNSUPPORTED_MEDIA_TYPE");
    }
    Buffer huge = Buffer.buffer("\"" + "x".repeat(10_485_760) + "\"");
    checkFlat(put(gateway, huge, Body.JSON), 413, "PAYLOAD_TOO_LARGE");
  }

  private static void checkFlat(HttpResponse<Buffer> answer, int status, String code) {
    assertEquals(status, answer.statusCode());
    JsonObject body = answer.bodyAsJsonObject();
    assertEquals(code, body.getString("code"));
    assertEquals("/api/v1/anything", body.getString("path"));
    assertEquals(false, body.getBoolean("retryable"));
    assertTrue(body.containsKey("message") && body.containsKey("requestId"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"/api/v1/notes?book=a%00b", "/api/v1/notes?book=%ed%a0%80"})
  void noParameterHasWhatAStoreCannotKeep(String uri, RunningGateway gateway) {
    HttpResponse<Buffer> answer = gateway.get(uri);
    assertEquals(422, answer.statusCode());
    assertEquals("VALIDATION_ERROR", answer.bodyAsJsonObject().getString("code"));
  }

  @Test
  void theBusDoorReadsAsStrictly(RunningGateway gateway) {
    Vertx vertx = gateway.gateway().vertx();
    Address<Call, Reply> door = Address.shared("op.echoAnything", Call.class, Reply.class);
    Call call = Call.of("echoAnything", Map.of(), Deadline.in(Duration.ofSeconds(10)));
    Body twice = new Body(Buffer.buffer("{\"a\":{\"b\":1,\"b\":2}}"), Body.JSON);
    Failure refused =
        Await.failure(door.ask(vertx, call.with(Params.NONE, twice), call.deadline()));
    assertEquals("/a/b: is there twice", refused.getMessage());
    Body good = Body.json(new JsonObject().put("a", 1));
    Reply reply = await(door.ask(vertx, call.with(Params.NONE, good), call.deadline()));
    assertEquals(good.bytes(), reply.body().bytes());
  }

  @ParameterizedTest
  @ValueSource(strings = {"\ud800", "a\u0000"})
  void theBusDoorRefusesInJsonWhatAStoreCannotKeep(String text, RunningGateway gateway) {
    Vertx vertx = gateway.gateway().vertx();
    JsonObject asked = new JsonObject().put("body", new JsonObject().put("a", text));
    assertRefused(vertx, "op.echoAnything", asked);
    assertRefused(vertx, "op.readNotes", new JsonObject().put("book", text));
  }

  private static void assertRefused(Vertx vertx, String address, JsonObject asked) {
    Throwable refused =
        Await.result(
            vertx
                .eventBus()
                .request(address, asked)
                .<Throwable>map(reply -> null)
                .otherwise(cause -> cause));
    ReplyException reply = assertInstanceOf(ReplyException.class, refused);
    assertEquals(400, reply.failureCode());
    assertTrue(reply.getMessage().startsWith("VALIDATION_ERROR: "), reply.getMessage());
  }

  private static HttpResponse<Buffer> send(
      RunningGateway gateway, String uri, Buffer body, String type) {
    return gateway.send(HttpMethod.POST, uri, body, "Content-Type", type);
  }

  private static HttpResponse<Buffer> put(RunningGateway gateway, Buffer body, String type) {
    return gateway.send(HttpMethod.PUT, "/api/v1/anything", body, "Content-Type", type);
  }
}
