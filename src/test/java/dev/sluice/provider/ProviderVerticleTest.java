package dev.sluice.provider;

import static dev.sluice.provider.Toys.call;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.bus.Cancel;
import dev.sluice.call.Call;
import dev.sluice.call.Deadline;
import dev.sluice.call.Failure;
import dev.sluice.call.Priority;
import dev.sluice.call.Reply;
import dev.sluice.harness.Await;
import dev.sluice.harness.WithVertx;
import dev.sluice.observe.Health;
import dev.sluice.observe.Health.Status;
import dev.sluice.observe.Metrics;
import dev.sluice.provider.ToyServer.Request;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(WithVertx.class)
class ProviderVerticleTest {
  private final Health health = new Health();
  private Vertx vertx;
  private ToyServer server;
  private ToyUpstream upstream;
  private final Metrics metrics = new Metrics();
  private Providers providers;
  private String deployment;

  @BeforeEach
  void open(Vertx vertx) {
    this.vertx = vertx;
    server = ToyServer.open(vertx);
    upstream = new ToyUpstream(server.url());
  }

  @Test
  void permitsBoundWhatIsUnderWay() {
    start("permits: 3");
    server.handler = request -> {};
    List<Future<Reply>> replies = new ArrayList<>();
    for (int i = 0; i < 20; i++) replies.add(ask("get", "" + i));
    for (int i = 0; i < 20; i++) {
      int next = i;
      Await.until("request " + next, () -> server.requests.size() > next);
      assertTrue(server.requests.size() <= next + 3, "at most three ahead of the answers");
      server.requests.get(next).answer();
    }
    replies.forEach(Await::result);
  }

  @Test
  void theLeastUrgentIsShedWhenTheBoxIsFull() {
    start("permits: 1\nmailbox: { calls: 1 }");
    server.handler = request -> {};
    Future<Reply> first = ask("get", "1");
    Await.until("under way", () -> server.requests.size() == 1);
    Future<Reply> low = ask(call("get", "2", Priority.LOW, null));
    Future<Reply> high = ask(call("get", "3", Priority.HIGH, null));
    Failure failure = Await.failure(low);
    assertEquals("OVERLOADED", failure.code());
    assertEquals(503, failure.status());
    assertTrue(failure.facts().after() >= 1);
    server.handler = Request::answer;
    server.requests.get(0).answer();
    Await.result(first);
    Await.result(high);
  }

  @ParameterizedTest
  @ValueSource(ints = {408, 429, 500, 502, 503, 504})
  void anAnswerWorthAnotherTryGetsOne(int status) {
    start("");
    server.answers(request -> request.refuse(status, "Retry-After", "0"), Request::answer);
    assertEquals("1", text(ask("get", "1")));
    assertEquals(2, server.requests.size());
  }

  @Test
  void noMoreAttemptsThanAreAllowed() {
    start("retry: { attempts: 3 }");
    server.handler = request -> request.refuse(503);
    assertEquals("PROVIDER_ERROR", Await.failure(ask("get", "1")).code());
    assertEquals(3, server.requests.size());
  }

  @ParameterizedTest
  @ValueSource(ints = {500, 503, 408, 429})
  void whatMayNotBeRepeatedIsNot(int status) {
    start("");
    server.handler = request -> request.refuse(status);
    Await.failure(ask("post", "1"));
    assertEquals(1, server.requests.size());
  }

  @Test
  void anOtherRefusalIsTheProvidersWordAndFinal() {
    start("");
    server.handler = request -> request.refuse(404);
    assertEquals("TOY_404", Await.failure(ask("get", "1")).code());
    assertEquals(1, server.requests.size());
  }

  @Test
  void aWaitThatTheProviderAsksForIsNotCutShort() {
    start("");
    server.handler = request -> request.refuse(503, "Retry-After", "60");
    Failure failure = Await.failure(ask("get", "1"));
    assertEquals("PROVIDER_ERROR", failure.code());
    assertEquals(60, failure.facts().after());
    assertEquals(1, server.requests.size(), "the deadline is over before the wait is");
  }

  @Test
  void aRefusalForTheQuotaPausesAllOfItsBucketAndNoOther() {
    start("");
    server.handler = request -> request.refuse(429, "Retry-After", "60");
    Failure refused = Await.failure(ask(call("get", "1", Priority.NORMAL, "ann")));
    assertEquals("OVERLOADED", refused.code());
    assertTrue(refused.facts().after() >= 60, "" + refused.facts().after());
    server.handler = Request::answer;
    assertEquals("OVERLOADED", Await.failure(ask(call("get", "2", Priority.NORMAL, "ann"))).code());
    assertEquals(1, server.requests.size());
    assertEquals("3", text(ask(call("get", "3", Priority.NORMAL, "bob"))));
    assertEquals("4", text(ask("get", "4")));
  }

  @Test
  void anEmptyCommonBucketDoesNotStopThoseWithTheirOwn() {
    start("");
    server.handler = request -> request.refuse(429, "Retry-After", "60");
    Await.failure(ask("get", "1"));
    server.handler = Request::answer;
    assertEquals("OVERLOADED", Await.failure(ask("get", "2")).code());
    assertEquals("3", text(ask(call("get", "3", Priority.NORMAL, "ann"))));
  }

  @Test
  void aProviderThatKeepsFailingIsLeftAloneAndThenTriedAgain() {
    start("retry: { attempts: 1 }\nbreaker: { failures: 3, reset: 300ms }");
    server.handler = request -> request.refuse(500);
    for (int i = 0; i < 3; i++) {
      assertEquals("PROVIDER_ERROR", Await.failure(ask("get", "1")).code());
    }
    Failure open = Await.failure(ask("get", "1"));
    assertEquals("CIRCUIT_OPEN", open.code());
    assertEquals(Status.DEGRADED, Await.result(health.report()).components().get("toy"));
    assertTrue(open.facts().after() >= 1);
    assertEquals(3, server.requests.size(), "it was not asked");
    server.handler = Request::answer;
    Await.until("recovered", () -> asked("get").succeeded());
    assertEquals(Status.UP, Await.result(health.report()).status());
  }

  @Test
  void aProbeRunsToItsEndEvenWhenItsCallerLeaves() {
    start("retry: { attempts: 1 }\nbreaker: { failures: 1, reset: 100ms }");
    server.handler = request -> request.refuse(500);
    Await.failure(ask("get", "1"));
    server.handler = request -> {};
    List<Call> probes = new ArrayList<>();
    Await.until(
        "a probe",
        () -> {
          probes.add(call("get", "2"));
          Future<Reply> reply = ask(probes.get(probes.size() - 1));
          Await.until("refused or sent", () -> reply.failed() || server.requests.size() == 2);
          return server.requests.size() == 2;
        });
    probes.forEach(this::cancel);
    Await.until("the next is refused", () -> asked("get").failed());
    assertFalse(server.requests.get(1).broken, "the breaker learns from it");
    server.handler = Request::answer;
    server.requests.get(1).answer();
    Await.until("recovered", () -> asked("get").succeeded());
  }

  @Test
  void aProbeThatBringsNoAnswerLeavesTheCircuitOpen() {
    start("timeout: 10s\nretry: { attempts: 1 }\nbreaker: { failures: 1, reset: 100ms }");
    server.handler = request -> request.refuse(500);
    Await.failure(ask("get", "1"));
    server.handler = request -> {};
    Await.until(
        "a probe of a caller in a hurry",
        () -> {
          Call hurry = call("get", "2").detached(Priority.NORMAL, Deadline.inMillis(300));
          Await.failure(ask(hurry));
          return server.requests.size() == 2;
        });
    Await.until("open again", () -> "CIRCUIT_OPEN".equals(Await.failure(ask("get", "3")).code()));
  }

  @Test
  void refusalsThatAreNotItsFaultDoNotOpenTheBreaker() {
    start("retry: { attempts: 1 }\nbreaker: { failures: 2 }");
    server.handler = request -> request.refuse(404);
    for (int i = 0; i < 6; i++) assertEquals("TOY_404", Await.failure(ask("get", "1")).code());
  }

  @Test
  void callsThatArriveTogetherLeaveAsOneRequestAndEachGetsItsOwn() {
    start("");
    List<Future<Reply>> replies = new ArrayList<>();
    for (int i = 0; i < 5; i++) replies.add(ask("batch", "" + i));
    for (int i = 0; i < 5; i++) assertEquals("" + i, text(replies.get(i)));
    assertEquals(List.of("0,1,2,3,4"), ids());
  }

  @Test
  void aFullBatchLeavesAtOnce() {
    start("batch: { quiet: 1h, burst: 1h, longest: 1h }");
    List<Future<Reply>> replies = new ArrayList<>();
    for (int i = 0; i < ToyUpstream.MOST; i++) replies.add(ask("batch", "" + i));
    replies.forEach(Await::result);
    assertEquals(1, server.requests.size());
  }

  @Test
  void oneBadCallOfABatchFailsAlone() {
    start("");
    server.handler =
        request -> {
          if (request.ids().contains("bad")) request.refuse(400);
          else request.answer();
        };
    Future<Reply> one = ask("batch", "1");
    Future<Reply> bad = ask("batch", "bad");
    Future<Reply> two = ask("batch", "2");
    assertEquals("1", text(one));
    assertEquals("2", text(two));
    assertEquals("TOY_400", Await.failure(bad).code());
    assertEquals(new TreeSet<>(List.of("1,bad,2", "1", "bad", "2")), new TreeSet<>(ids()));
  }

  @Test
  void aCallThatIsGoneIsNotAskedAgainWhenItsBatchIsSplit() {
    start("");
    server.handler = request -> {};
    Call leaver = call("batch", "gone");
    Future<Reply> one = ask("batch", "1");
    Future<Reply> gone = ask(leaver);
    Await.until("under way", () -> server.requests.size() == 1);
    cancel(leaver);
    assertEquals("CANCELLED", Await.failure(gone).code());
    server.handler = Request::answer;
    server.requests.get(0).refuse(400);
    assertEquals("1", text(one));
    assertEquals(List.of("1,gone", "1"), ids());
  }

  @Test
  void whoIsLastToLeaveTakesTheUpstreamRequestAlong() {
    start("");
    server.handler = request -> {};
    Call first = call("batch", "1");
    Call second = call("batch", "2");
    Future<Reply> one = ask(first);
    Future<Reply> two = ask(second);
    Await.until("under way", () -> server.requests.size() == 1);
    cancel(first);
    assertEquals("CANCELLED", Await.failure(one).code());
    assertFalse(server.requests.get(0).broken, "the second still waits");
    cancel(second);
    assertEquals("CANCELLED", Await.failure(two).code());
    Await.until("reset", () -> server.requests.get(0).broken);
  }

  @Test
  void whoLeavesBeforeTheBatchDoesIsNotInIt() {
    start("batch: { quiet: 200ms, burst: 200ms }");
    Call leaver = call("batch", "gone");
    Future<Reply> gone = ask(leaver);
    Future<Reply> stays = ask("batch", "1");
    cancel(leaver);
    assertEquals("CANCELLED", Await.failure(gone).code());
    assertEquals("1", text(stays));
    assertEquals(List.of("1"), ids());
  }

  @Test
  void anAnswerThatIsTooLargeIsNotRead() {
    start("maxAnswer: 1KiB");
    server.handler = request -> request.send("{\"data\":[\"" + "x".repeat(5000) + "\"]}");
    assertEquals("PROVIDER_ERROR", Await.failure(ask("get", "1")).code());
    assertEquals(1, server.requests.size());
  }

  @Test
  void garbageIsNeverPassedOn() {
    start("");
    server.handler = request -> request.send("<html>");
    Failure failure = Await.failure(ask("get", "1"));
    assertEquals("PROVIDER_ERROR", failure.code());
    assertFalse(failure.facts().toString().contains("html"), failure.facts().toString());
  }

  @Test
  void anAnswerThatBreaksOffIsNoAnswerAndIsAskedForAgain() {
    start("");
    server.answers(request -> request.breakOff("{\"data\":[\"1\"]}", 100), Request::answer);
    assertEquals("1", text(ask("get", "1")));
    assertEquals(2, server.requests.size());
  }

  @Test
  void aProviderThatSaysNothingIsATimeout() {
    start("timeout: 1s\nretry: { attempts: 1 }");
    server.handler = request -> {};
    Failure failure = Await.failure(ask("get", "1"));
    assertEquals("TIMEOUT", failure.code());
    assertEquals(504, failure.status());
    Await.until("reset", () -> server.requests.get(0).broken);
  }

  @Test
  void aProviderThatIsNotThereIsAnErrorThatNamesNoHost() {
    start("");
    Await.result(server.close());
    Failure failure = Await.failure(ask("get", "1"));
    assertEquals("PROVIDER_ERROR", failure.code());
    assertFalse(failure.facts().toString().contains("127.0.0.1"), failure.facts().toString());
  }

  @Test
  void aCredentialThatRanOutIsRenewedOnce() {
    start("");
    server.answers(request -> request.refuse(401), Request::answer);
    assertEquals("1", text(ask("get", "1")));
    server.handler = request -> request.refuse(401);
    assertEquals("TOY_401", Await.failure(ask("get", "2")).code());
    assertEquals(4, server.requests.size());
    assertEquals(2, upstream.renewed);
  }

  @Test
  void aProviderWithoutItsSettingsSaysWhichOneIsMissing() {
    upstream.missing = "providers.toy.key";
    start("");
    Failure failure = Await.failure(ask("get", "1"));
    assertEquals("PROVIDER_NOT_CONFIGURED", failure.code());
    assertEquals("providers.toy.key", failure.facts().details().get("setting"));
    assertFalse(failure.facts().retryable());
  }

  @Test
  void aRequestThatCannotBeWrittenFailsItsCallAlone() {
    start("retry: { attempts: 1 }");
    assertEquals("PROVIDER_ERROR", Await.failure(ask("unwritable", "1")).code());
    assertEquals("1", text(ask("get", "1")));
  }

  @Test
  void whoStillWaitsWhenTheVerticleStopsIsToldSo() {
    start("permits: 1\nbatch: { quiet: 1h, burst: 1h, longest: 1h }");
    server.handler = request -> {};
    Future<Reply> underWay = ask("get", "1");
    Await.until("under way", () -> server.requests.size() == 1);
    Future<Reply> inTheBox = ask("get", "2");
    Future<Reply> gathering = ask("batch", "3");
    Await.result(vertx.undeploy(deployment));
    for (Future<Reply> reply : List.of(underWay, inTheBox, gathering)) {
      assertEquals("SERVICE_UNAVAILABLE", Await.failure(reply).code());
    }
  }

  @Test
  void callsUnderWayEndAsTheyBeganWhenTheProviderIsReplaced() {
    start("permits: 1");
    server.handler = request -> {};
    Future<Reply> underWay = ask("get", "1");
    Future<Reply> waiting = ask("get", "2");
    Await.until("under way", () -> server.requests.size() == 1);
    ToyUpstream next = new ToyUpstream(server.url());
    Await.result(providers.prepare(next, Toys.traffic("permits: 1"))).use(Duration.ofMinutes(1));
    Future<Reply> after = ask("get", "3");
    Await.until("the new one has its own permit", () -> server.requests.size() == 2);
    assertEquals(List.of("3"), server.requests.get(1).ids());
    server.requests.get(0).answer();
    Await.until("the old one goes on", () -> server.requests.size() == 3);
    server.requests.forEach(Request::answer);
    assertEquals(List.of("1", "2", "3"), List.of(text(underWay), text(waiting), text(after)));
  }

  @Test
  void whatTakesTooLongForTheOneThatIsReplacedFails() {
    start("permits: 1");
    server.handler = request -> {};
    Future<Reply> underWay = ask("get", "1");
    Await.until("under way", () -> server.requests.size() == 1);
    ToyUpstream next = new ToyUpstream(server.url());
    Await.result(providers.prepare(next, Toys.traffic(""))).use(Duration.ofMillis(1));
    assertEquals("SERVICE_UNAVAILABLE", Await.failure(underWay).code());
    server.handler = Request::answer;
    assertEquals("2", text(ask("get", "2")));
  }

  @Test
  void whatIsPreparedAndDroppedChangesNothing() {
    start("");
    ToyUpstream next = new ToyUpstream(server.url());
    next.missing = "providers.toy.key";
    Await.result(providers.prepare(next, Toys.traffic(""))).drop();
    assertEquals("1", text(ask("get", "1")));
  }

  private void start(String traffic) {
    Traffic settings = Toys.traffic(traffic);
    providers = new Providers(vertx, metrics, health);
    deployment = Await.result(providers.deploy(upstream, settings));
  }

  private Future<Reply> ask(String operation, String id) {
    return ask(call(operation, id));
  }

  private Future<Reply> ask(Call call) {
    return Providers.address("toy").ask(vertx, call, call.deadline());
  }

  private Future<Reply> asked(String operation) {
    Future<Reply> reply = ask(operation, "1");
    Await.until("an answer", reply::isComplete);
    return reply;
  }

  private void cancel(Call call) {
    Cancel.TOPIC.publish(vertx, new Cancel(call.id()));
  }

  private List<String> ids() {
    return server.requests.stream().map(request -> String.join(",", request.ids())).toList();
  }

  private static String text(Future<Reply> reply) {
    return Await.result(reply).body().bytes().toString();
  }
}
