package dev.sluice.provider;

import static dev.sluice.provider.Toys.call;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.bus.FlowReader;
import dev.sluice.bus.FlowWriter;
import dev.sluice.bus.Flows;
import dev.sluice.call.Body;
import dev.sluice.call.Call;
import dev.sluice.call.Failure;
import dev.sluice.call.Reply;
import dev.sluice.call.Wish;
import dev.sluice.harness.Await;
import dev.sluice.harness.WithVertx;
import dev.sluice.observe.Health;
import dev.sluice.observe.Metrics;
import dev.sluice.provider.ToyServer.Request;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Answers that a provider passes on as they come. */
@ExtendWith(WithVertx.class)
class StreamedAnswerTest {
  private Vertx vertx;
  private ToyServer server;

  @BeforeEach
  void open(Vertx vertx) {
    this.vertx = vertx;
    server = ToyServer.open(vertx);
  }

  @Test
  void theHeadComesFirstAndThePermitIsHeldToTheEnd() {
    start("permits: 1");
    server.answers(request -> request.write("one"), Request::answer);
    Body body = Await.result(ask("stream")).body();
    assertEquals("text/event-stream", body.type());
    Future<Reply> next = ask("get");
    Reading reading = new Reading(body);
    Await.until("the first part", () -> reading.parts.equals(List.of("one")));
    server.requests.get(0).write("two");
    Await.until("the second", () -> reading.parts.size() == 2);
    assertEquals(1, server.requests.size(), "the next waits for the permit");
    server.requests.get(0).end();
    Await.result(reading.end.future());
    Await.result(next);
  }

  @Test
  void untilTheHeadThereAreOtherTries() {
    start("");
    server.answers(
        request -> request.refuse(503),
        request -> {
          request.write("one");
          request.end();
        });
    Reading reading = new Reading(Await.result(ask("stream")).body());
    Await.result(reading.end.future());
    assertEquals(List.of("one"), reading.parts);
    assertEquals(2, server.requests.size());
  }

  @Test
  void whatIsNoSuccessIsReadWhole() {
    start("");
    server.handler = request -> request.refuse(404);
    assertEquals("TOY_404", Await.failure(ask("stream")).code());
  }

  @Test
  void afterTheHeadAnAnswerThatBreaksOffIsNotRepeated() {
    start("");
    server.handler = request -> request.write("one");
    Reading reading = new Reading(Await.result(ask("stream")).body());
    Await.until("the first part", () -> reading.parts.size() == 1);
    server.requests.get(0).close();
    assertEquals("PROVIDER_ERROR", Await.failure(reading.end.future()).code());
    assertEquals(1, server.requests.size());
  }

  @Test
  void aSilentUpstreamIsGivenUp() {
    start("permits: 1\ntimeout: 200ms");
    server.answers(request -> request.write("one"), Request::answer);
    Reading reading = new Reading(Await.result(ask("stream")).body());
    assertEquals("TIMEOUT", Await.failure(reading.end.future()).code());
    Await.until("it is reset", () -> server.requests.get(0).broken);
    Await.result(ask("get"));
  }

  @Test
  void whoStopsReadingEndsTheRequest() {
    start("permits: 1");
    server.answers(request -> request.write("one"), Request::answer);
    FlowReader reader = Flows.read(vertx, Await.result(ask("stream")).body());
    reader.handler(part -> reader.cancel());
    Await.until("it is reset", () -> server.requests.get(0).broken);
    Await.result(ask("get"));
  }

  @Test
  void aStreamedBodyIsSentOnce() {
    start("");
    server.handler = Request::echo;
    FlowWriter body = Flows.open(vertx);
    Future<Reply> reply = ask(with(body));
    body.write(Buffer.buffer("{\"data\": "));
    body.end(Buffer.buffer("[\"sent\"]}"));
    assertEquals("sent", Await.result(reply).body().bytes().toString());
    server.handler = request -> request.refuse(503);
    FlowWriter other = Flows.open(vertx);
    other.end(Buffer.buffer("x"));
    Failure failure = Await.failure(ask(with(other)));
    assertEquals("PROVIDER_ERROR", failure.code());
    assertEquals(2, server.requests.size(), "it cannot be read again");
  }

  @Test
  void aStreamedBodyThatBreaksOffEndsTheRequest() {
    start("");
    server.handler = request -> {};
    FlowWriter body = Flows.open(vertx);
    Future<Reply> reply = ask(with(body));
    body.write(Buffer.buffer("half"));
    Await.until("it has begun", () -> server.requests.size() == 1);
    body.fail(Failure.invalid("body", "broke off", null));
    Await.failure(reply);
    Await.until("it is reset", () -> server.requests.get(0).broken);
    assertTrue(body.ended().failed());
  }

  private void start(String traffic) {
    ToyUpstream upstream = new ToyUpstream(server.url());
    Await.result(
        new Providers(vertx, new Metrics(), new Health()).deploy(upstream, Toys.traffic(traffic)));
  }

  private Future<Reply> ask(String operation) {
    return ask(call(operation, "1"));
  }

  private Future<Reply> ask(Call call) {
    return Providers.address("toy").ask(vertx, call, call.deadline());
  }

  private static Call with(FlowWriter body) {
    Call call = call("get", "1");
    return new Call(
        call.id(),
        "get",
        call.params(),
        Body.streamed(body.flow(), "application/json"),
        call.caller(),
        call.trace(),
        call.priority(),
        call.deadline(),
        Wish.NONE);
  }

  private final class Reading {
    final CopyOnWriteArrayList<String> parts = new CopyOnWriteArrayList<>();
    final Promise<Void> end = Promise.promise();

    Reading(Body body) {
      FlowReader reader = Flows.read(vertx, body);
      reader.exceptionHandler(end::fail).endHandler(v -> end.complete());
      reader.handler(part -> parts.add(part.toString()));
    }
  }
}
