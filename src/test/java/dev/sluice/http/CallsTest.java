package dev.sluice.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.call.Body;
import dev.sluice.call.Call;
import dev.sluice.call.Caller;
import dev.sluice.call.Trace;
import dev.sluice.conf.Document;
import dev.sluice.contract.Contract;
import dev.sluice.contract.Known;
import dev.sluice.contract.Source;
import dev.sluice.contract.json.JsonSettings;
import dev.sluice.guard.limit.Limits;
import dev.sluice.harness.Await;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CallsTest {
  private static final String DOCUMENT =
      """
      openapi: 3.1.0
      x-sluice: { upstream: books }
      paths:
        /x:
          post:
            operationId: write
            requestBody: { content: { application/json: { schema: { type: object } } } }
      """;

  private final Contract contract =
      Contract.of(
          List.of(Source.own("a", Document.parse("a.yaml", DOCUMENT))),
          new Known(Set.of("default"), Set.of("books"), true, true, Map.of()));
  private final Vertx vertx = Vertx.vertx(new VertxOptions().setWorkerPoolSize(1));
  private final Calls calls = new Calls(vertx, new Limits(Map.of(), null), JsonSettings.WIDEST);

  @AfterEach
  void end() {
    Await.result(vertx.close());
  }

  @Test
  void largeBodiesAreReadAside() {
    CountDownLatch busy = new CountDownLatch(1);
    vertx.executeBlocking(
        () -> {
          busy.await();
          return null;
        },
        false);
    Future<Call> small = call(100);
    Future<Call> large = call(20_000);
    assertTrue(small.isComplete(), "a small body is read at once");
    assertFalse(large.isComplete(), "a large one waits for the only worker");
    busy.countDown();
    assertEquals(20_000, Await.result(large).body().object().getString("text").length());
  }

  private Future<Call> call(int length) {
    Calls.Sent sent =
        new Calls.Sent(
            contract.operation("write"),
            contract.routes().match("/x"),
            null,
            MultiMap.caseInsensitiveMultiMap(),
            Trace.begin());
    Buffer json = Buffer.buffer("{\"text\":\"" + "a".repeat(length) + "\"}");
    return calls.call(sent, Caller.NOBODY, new Body(json, Body.JSON));
  }
}
