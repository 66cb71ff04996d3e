package dev.sluice.bus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.call.Call;
import dev.sluice.call.Deadline;
import dev.sluice.call.Failure;
import dev.sluice.call.Reply;
import dev.sluice.harness.Await;
import dev.sluice.harness.WithVertx;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(WithVertx.class)
class AddressTest {
  private static final Address<Call, Reply> DOOR = Address.local("door", Call.class, Reply.class);

  @Test
  void aRecordPassesByReference(Vertx vertx) {
    Reply reply = Reply.json(Map.of("a", 1));
    DOOR.serve(vertx, call -> Future.succeededFuture(reply));
    assertSame(reply, Await.result(DOOR.ask(vertx, call(10_000), Deadline.inMillis(10_000))));
  }

  @Test
  void anAskThatIsNotAnsweredInTimeIsATimeout(Vertx vertx) {
    DOOR.serve(vertx, call -> Promise.<Reply>promise().future());
    Failure failure = Await.failure(DOOR.ask(vertx, call(20), Deadline.inMillis(20)));
    assertEquals("TIMEOUT", failure.code());
    assertEquals(504, failure.status());
  }

  @Test
  void anAskPastItsDeadlineIsNotEvenSent(Vertx vertx) {
    DOOR.serve(
        vertx,
        call -> {
          throw new AssertionError("was asked");
        });
    Deadline passed = Deadline.in(Duration.ofMillis(-1));
    assertEquals("TIMEOUT", Await.failure(DOOR.ask(vertx, call(0), passed)).code());
  }

  @Test
  void nobodyThereIsServiceUnavailable(Vertx vertx) {
    Failure failure = Await.failure(DOOR.ask(vertx, call(1000), Deadline.inMillis(1000)));
    assertEquals("SERVICE_UNAVAILABLE", failure.code());
    assertTrue(failure.facts().retryable());
  }

  @Test
  void aThrowIsAnInternalErrorThatTellsNothing(Vertx vertx) {
    DOOR.serve(
        vertx,
        call -> {
          throw new IllegalStateException("jdbc:postgresql://secret");
        });
    assertTellsNothing(Await.failure(DOOR.ask(vertx, call(10_000), Deadline.inMillis(10_000))));
  }

  @Test
  void aFailedFutureOfAStrangerIsAnInternalErrorThatTellsNothing(Vertx vertx) {
    DOOR.serve(vertx, call -> Future.failedFuture("jdbc:postgresql://secret"));
    assertTellsNothing(Await.failure(DOOR.ask(vertx, call(10_000), Deadline.inMillis(10_000))));
  }

  @Test
  void noFutureAtAllIsAnInternalErrorToo(Vertx vertx) {
    DOOR.serve(vertx, call -> null);
    assertTellsNothing(Await.failure(DOOR.ask(vertx, call(10_000), Deadline.inMillis(10_000))));
  }

  @Test
  void aFailureComesBackAsItself(Vertx vertx) {
    Failure failure = Failure.notFound("CLIP_NOT_FOUND", "no").detail("id", "x");
    DOOR.serve(vertx, call -> Future.failedFuture(failure));
    assertSame(failure, Await.failure(DOOR.ask(vertx, call(10_000), Deadline.inMillis(10_000))));
  }

  @Test
  void anAnswerOfTheWrongKindIsAFailureLikeAnyOther(Vertx vertx) {
    Address<Call, Call> wrong = Address.local("door", Call.class, Call.class);
    wrong.serve(vertx, Future::succeededFuture);
    assertTellsNothing(Await.failure(DOOR.ask(vertx, call(10_000), Deadline.inMillis(10_000))));
  }

  @Test
  void shardsAreAddressesOfTheirOwn(Vertx vertx) {
    DOOR.at(1).serve(vertx, call -> Future.succeededFuture(Reply.json("one")));
    Reply reply = Await.result(DOOR.at(1).ask(vertx, call(10_000), Deadline.inMillis(10_000)));
    assertEquals("\"one\"", reply.body().bytes().toString());
    assertEquals(
        "SERVICE_UNAVAILABLE",
        Await.failure(DOOR.at(2).ask(vertx, call(10_000), Deadline.inMillis(10_000))).code());
  }

  @Test
  void aJsonNeighbourIsAnsweredInJson(Vertx vertx) {
    serveJson(vertx);
    Message<Object> answer =
        Await.result(vertx.eventBus().request("json", new JsonObject().put("login", "ninja")));
    JsonObject json = assertInstanceOf(JsonObject.class, answer.body());
    assertEquals("ninja", json.getString("said"));
  }

  @Test
  void aRecordNeighbourIsAnsweredInRecordsAtTheSameDoor(Vertx vertx) {
    serveJson(vertx);
    Address<Call, Reply> json = Address.shared("json", Call.class, Reply.class);
    Call call = Call.of("getUser", Map.of("login", "ninja"), Deadline.inMillis(10_000));
    Reply reply = Await.result(json.ask(vertx, call, call.deadline()));
    assertEquals("ninja", reply.jsonBody().getString("said"));
  }

  @Test
  void aJsonNeighbourIsToldStatusCodeAndReasonOfARefusal(Vertx vertx) {
    Address.shared("json", Call.class, Reply.class)
        .serveJsonToo(
            vertx,
            json -> call(1000),
            Reply::jsonBody,
            call -> Future.failedFuture(Failure.invalid("limit", "is too high", 7)));
    Throwable refused =
        Await.result(
            vertx
                .eventBus()
                .request("json", new JsonObject())
                .<Throwable>map(m -> null)
                .recover(Future::succeededFuture));
    ReplyException told = assertInstanceOf(ReplyException.class, refused);
    assertEquals(400, told.failureCode());
    assertTrue(told.getMessage().contains("limit: is too high"), told.getMessage());
  }

  private static void serveJson(Vertx vertx) {
    Address.shared("json", Call.class, Reply.class)
        .serveJsonToo(
            vertx,
            json -> Call.of("getUser", json.getMap(), Deadline.inMillis(10_000)),
            Reply::jsonBody,
            call ->
                Future.succeededFuture(Reply.json(Map.of("said", call.params().text("login")))));
  }

  private static void assertTellsNothing(Failure failure) {
    assertEquals("INTERNAL_ERROR", failure.code());
    assertEquals(500, failure.status());
    assertFalse(failure.facts().toString().contains("secret"), failure.facts().toString());
  }

  private static Call call(long millis) {
    return Call.of("getClips", Map.of("channel", "ninja"), Deadline.inMillis(millis));
  }
}
