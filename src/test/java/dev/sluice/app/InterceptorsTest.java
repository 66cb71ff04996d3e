package dev.sluice.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.app.InterceptorSettings.Breaker;
import dev.sluice.app.InterceptorSettings.OnFailure;
import dev.sluice.app.Interceptors.Listed;
import dev.sluice.call.Body;
import dev.sluice.call.Cached;
import dev.sluice.call.Call;
import dev.sluice.call.Deadline;
import dev.sluice.call.Failure;
import dev.sluice.call.Failure.Category;
import dev.sluice.call.Params;
import dev.sluice.call.Reply;
import dev.sluice.conf.Document;
import dev.sluice.contract.Contract;
import dev.sluice.contract.Known;
import dev.sluice.contract.Operation;
import dev.sluice.contract.Source;
import dev.sluice.harness.Await;
import dev.sluice.harness.WithVertx;
import dev.sluice.observe.Metrics;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@ExtendWith(WithVertx.class)
class InterceptorsTest {
  private static final Contract CONTRACT =
      Contract.of(
          List.of(
              Source.ofApp(
                  "app",
                  Document.parse(
                      "x.yaml",
                      """
                      openapi: 3.1.0
                      paths:
                        /x:
                          post:
                            operationId: x
                            parameters: [{ name: n, in: query, schema: { type: integer, maximum: 9 } }]
                            requestBody:
                              content: { application/json: { schema: { type: object, maxProperties: 1 } } }
                        /y:
                          get: { operationId: y }
                      """))),
          Known.limits(Set.of("default")));
  private static final Operation X = CONTRACT.operation("x");
  private static final Call CALL =
      Call.of("x", Map.of("n", 1), Deadline.in(Duration.ofSeconds(30)));
  private static final Reply REPLY = Reply.json(new JsonObject().put("a", 1));

  private final List<Call> asked = new CopyOnWriteArrayList<>();
  private final Metrics metrics = new Metrics();
  private Future<Reply> rest = Future.succeededFuture(REPLY);
  private Vertx vertx;
  private Context context;
  private Interceptors interceptors;

  @BeforeEach
  void start(Vertx vertx) {
    this.vertx = vertx;
    context = vertx.getOrCreateContext();
    interceptors = new Interceptors(vertx, metrics);
  }

  @AfterEach
  void close() {
    Await.result(interceptors.close());
    metrics.close();
  }

  /** What an interceptor may do wrong before it has asked next. */
  enum Before implements Interceptor {
    THROWS {
      @Override
      public Future<Reply> answer(Call call, Next next) {
        throw new StackOverflowError("on purpose");
      }
    },
    GIVES_NULL {
      @Override
      public Future<Reply> answer(Call call, Next next) {
        return null;
      }
    },
    FAILS {
      @Override
      public Future<Reply> answer(Call call, Next next) {
        return Future.failedFuture(new IllegalStateException("on purpose"));
      }
    },
    FAILS_AS_SERVERS_DO {
      @Override
      public Future<Reply> answer(Call call, Next next) {
        return Future.failedFuture(Failure.unavailable("X", "On purpose."));
      }
    },
    ANSWERS_NULL {
      @Override
      public Future<Reply> answer(Call call, Next next) {
        return Future.succeededFuture(null);
      }
    },
    NEVER_ANSWERS {
      @Override
      public Future<Reply> answer(Call call, Next next) {
        return Promise.<Reply>promise().future();
      }
    },
    COMPLETES_TWICE {
      @Override
      public Future<Reply> answer(Call call, Next next) {
        Promise<Reply> promise = Promise.promise();
        promise.complete(null);
        promise.complete(null);
        return promise.future();
      }
    },
    ASKS_FOR_WHAT_THE_CONTRACT_REFUSES {
      @Override
      public Future<Reply> answer(Call call, Next next) {
        return next.answer(Params.of(Map.of("n", 10)), call.body());
      }
    },
    MAKES_A_BODY_THAT_THE_CONTRACT_REFUSES {
      @Override
      public Future<Reply> answer(Call call, Next next) {
        return next.answer(call.params(), Body.json(Map.of("a", 1, "b", 2)));
      }
    },
    ASKS_TOO_LATE {
      @Override
      public Future<Reply> answer(Call call, Next next) {
        long end = System.nanoTime() + Duration.ofMillis(250).toNanos();
        while (System.nanoTime() < end) Thread.onSpinWait();
        return next.answer();
      }
    },
    ANSWERS_WITH_A_STREAM {
      @Override
      public Future<Reply> answer(Call call, Next next) {
        return Future.succeededFuture(
            Reply.of(200, Body.streamed(new dev.sluice.call.Flow("none"), "text/plain")));
      }
    }
  }

  /** The same, when it has. */
  enum After implements Interceptor {
    THROWS {
      @Override
      public Future<Reply> answer(Call call, Next next) {
        next.answer();
        throw new IllegalStateException("on purpose");
      }
    },
    THROWS_LATER {
      @Override
      public Future<Reply> answer(Call call, Next next) {
        Promise<Reply> never = Promise.promise();
        next.answer()
            .onSuccess(
                reply -> {
                  throw new IllegalStateException("on purpose");
                });
        return never.future();
      }
    },
    GIVES_NULL {
      @Override
      public Future<Reply> answer(Call call, Next next) {
        next.answer();
        return null;
      }
    },
    FAILS {
      @Override
      public Future<Reply> answer(Call call, Next next) {
        return next.answer().map(reply -> (Reply) (Object) "no reply");
      }
    },
    ANSWERS_NULL {
      @Override
      public Future<Reply> answer(Call call, Next next) {
        return next.answer().mapEmpty();
      }
    },
    NEVER_ANSWERS {
      @Override
      public Future<Reply> answer(Call call, Next next) {
        return next.answer().compose(reply -> Promise.<Reply>promise().future());
      }
    },
    ASKS_TWICE {
      @Override
      public Future<Reply> answer(Call call, Next next) {
        next.answer();
        return next.answer();
      }
    },
    ASKS_TWICE_AND_HIDES_IT {
      @Override
      public Future<Reply> answer(Call call, Next next) {
        Future<Reply> first = next.answer();
        next.answer().onFailure(e -> {});
        return first.map(reply -> reply.with("x-mine", "1"));
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Before.class)
  void oneThatFailsBeforeNextIsPassedOver(Before wrong) {
    assertSame(REPLY, Await.result(call(listed(wrong, OnFailure.SKIP))));
    assertEquals(List.of(CALL), asked);
    assertEquals(1, failures());
  }

  @ParameterizedTest
  @EnumSource(Before.class)
  void oneThatFailsBeforeNextRefusesWhereItMust(Before wrong) {
    refused(call(listed(wrong, OnFailure.REFUSE)));
    assertEquals(List.of(), asked);
    assertEquals(1, failures());
  }

  @ParameterizedTest
  @EnumSource(After.class)
  void ofOneThatFailsAfterNextTheReplyOfNextIsUsed(After wrong) {
    Promise<Reply> later = Promise.promise();
    rest = later.future();
    Future<Reply> answer = call(listed(wrong, OnFailure.SKIP));
    Await.until("asked", () -> asked.size() == 1);
    later.complete(REPLY);
    assertSame(REPLY, Await.result(answer));
    assertEquals(1, asked.size());
    assertEquals(1, failures());
  }

  @ParameterizedTest
  @EnumSource(After.class)
  void oneThatFailsAfterNextRefusesWhereItMust(After wrong) {
    refused(call(listed(wrong, OnFailure.REFUSE)));
    assertEquals(1, asked.size());
  }

  @Test
  void whatIsDoneTooLateChangesNothing() {
    AtomicReference<Interceptor.Next> kept = new AtomicReference<>();
    Promise<Reply> own = Promise.promise();
    Interceptor late =
        (call, next) -> {
          kept.set(next);
          return own.future();
        };
    assertSame(REPLY, Await.result(call(listed(late, OnFailure.SKIP))));
    Throwable told =
        Await.result(
            kept.get().answer().<Throwable>map(r -> null).recover(Future::succeededFuture));
    assertEquals(IllegalStateException.class, told.getClass());
    own.complete(Reply.json("late"));
    assertEquals(1, asked.size());
    assertEquals(1, failures());
  }

  @Test
  void theTimeThatNextTakesIsNotItsOwn() {
    Promise<Reply> later = Promise.promise();
    rest = later.future();
    Future<Reply> answer =
        call(listed((call, next) -> next.answer().map(r -> r.with("x-a", "1")), OnFailure.REFUSE));
    Await.until("asked", () -> asked.size() == 1);
    Await.result(vertx.timer(400)); // twice what it has itself
    later.complete(REPLY);
    assertEquals("1", Await.result(answer).headers().get("x-a"));
    assertEquals(0, failures());
  }

  @Test
  void itMayAnswerOnItsOwnOrRefuse() {
    Reply own = Reply.json("own");
    assertSame(own, Await.result(call(listed((c, n) -> Future.succeededFuture(own)))));
    Failure no = Failure.of(Category.AUTHORIZATION, "NOT_ON_SUNDAYS", "No.");
    assertSame(no, Await.failure(call(listed((c, n) -> Future.failedFuture(no)))));
    assertEquals(List.of(), asked);
    assertEquals(0, failures());
  }

  @Test
  void whatNextFailsWithIsNoFaultOfItsOwn() {
    Failure down = Failure.unavailable("DOWN", "Down.");
    rest = Future.failedFuture(down);
    assertSame(down, Await.failure(call(listed((c, next) -> next.answer()))));
    Reply spare = Reply.json("spare");
    assertSame(
        spare,
        Await.result(
            call(listed((c, next) -> next.answer().recover(e -> Future.succeededFuture(spare))))));
    assertEquals(0, failures());
  }

  @Test
  void aRestThatThrowsIsAskedOnceAllTheSame() {
    use(listed((call, next) -> next.answer()));
    Promise<Reply> answer = Promise.promise();
    context.runOnContext(
        v ->
            interceptors
                .answer(
                    X,
                    CALL,
                    call -> {
                      asked.add(call);
                      throw new IllegalStateException("on purpose");
                    })
                .onComplete(answer));
    Throwable cause =
        Await.result(answer.future().<Throwable>map(r -> null).recover(Future::succeededFuture));
    assertEquals("on purpose", cause.getMessage());
    assertEquals(1, asked.size());
    assertEquals(0, failures());
  }

  @Test
  void whatItAsksForInsteadIsTypedByTheContract() {
    Body body = Body.json(Map.of("b", 1));
    Await.result(call(listed((c, next) -> next.answer(Params.of(Map.of("n", "7")), body))));
    assertEquals(7L, asked.get(0).params().values().get("n"));
    assertEquals(1, asked.get(0).body().object().getInteger("b"));
    assertEquals(CALL.caller(), asked.get(0).caller());
    assertEquals(CALL.id(), asked.get(0).id());
  }

  @Test
  void whatACacheSaidOfAReplyIsNotSaidOfAnother() {
    Reply cached = REPLY.cached(new Cached("hit", "\"tag\"", "max-age=60", 3));
    rest = Future.succeededFuture(cached);
    Reply more = Await.result(call(listed((c, n) -> n.answer().map(r -> r.with("x-a", "1")))));
    assertEquals("\"tag\"", more.cached().etag());
    Reply other =
        Await.result(
            call(
                listed(
                    (c, n) ->
                        n.answer()
                            .map(r -> new Reply(200, r.headers(), Body.text("b"), r.cached())))));
    assertNull(other.cached().etag());
  }

  @Test
  void theyStandInTheOrderOfTheList() {
    List<Listed> three = new ArrayList<>();
    for (String name : List.of("a", "b", "c")) {
      three.addAll(
          listed(
              (call, next) -> next.answer().map(r -> r.with("x-by", name)), settings(name).get()));
    }
    Reply reply = Await.result(call(three));
    assertEquals(List.of("x-by", "c", "x-by", "b", "x-by", "a"), reply.headers().flat());
    assertEquals(1, asked.size());
  }

  @Test
  void oneSeesItsOperationsAlone() {
    InterceptorSettings some = settings("some").operations("x").get();
    use(listed((c, n) -> n.answer(), some));
    assertTrue(interceptors.see("x"));
    assertFalse(interceptors.see("y"));
    use(List.of());
    assertFalse(interceptors.see("x"));
  }

  @Test
  void oneThatKeepsFailingIsTakenOutAndComesBack() {
    AtomicBoolean broken = new AtomicBoolean(true);
    List<String> tried = new CopyOnWriteArrayList<>();
    Interceptor moody =
        (call, next) -> {
          tried.add("once");
          if (broken.get()) throw new IllegalStateException("on purpose");
          return next.answer().map(r -> r.with("x-back", "1"));
        };
    use(listed(moody, settings("moody").breaker(3, Duration.ofMillis(200)).get()));
    for (int i = 0; i < 3; i++) assertSame(REPLY, Await.result(call()));
    assertSame(REPLY, Await.result(call()));
    assertEquals(3, tried.size());
    broken.set(false);
    Await.until("back", () -> Await.result(call()).headers().get("x-back") != null);
    assertTrue(scraped("interceptor_passed_over_total") >= 1);
  }

  @Test
  void whileOneThatMustSeeEachCallIsTakenOutTheyAreRefusedAtOnce() {
    Interceptor broken = Before.THROWS;
    use(
        listed(
            broken,
            settings("strict").onFailure(OnFailure.REFUSE).breaker(2, Duration.ofHours(1)).get()));
    refused(call());
    refused(call());
    Failure out = Await.failure(call());
    assertEquals(503, out.status());
    assertEquals("INTERCEPTOR_FAILED", out.code());
    assertEquals(3600, out.facts().after());
    assertEquals(List.of(), asked);
  }

  @Test
  void oneThatBlocksDoesSoOnThreadsOfItsOwn() {
    List<Boolean> onLoop = new CopyOnWriteArrayList<>();
    Interceptor blocking =
        (call, next) -> {
          onLoop.add(Context.isOnEventLoopThread());
          return next.answer()
              .map(
                  reply -> {
                    onLoop.add(Context.isOnEventLoopThread());
                    return reply;
                  });
        };
    use(listed(blocking, settings("blocking").worker().get()));
    assertSame(REPLY, Await.result(call()));
    assertEquals(List.of(false, false), onLoop);
    assertEquals(0, failures());
  }

  @Test
  void oneWhoseThreadsAreAllStuckIsPassedOver() {
    CountDownLatch stuck = new CountDownLatch(1);
    Interceptor blocking =
        (call, next) -> {
          try {
            stuck.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          return next.answer();
        };
    use(listed(blocking, settings("stuck").worker().breaker(1000, Duration.ofHours(1)).get()));
    List<Future<Reply>> answers = new ArrayList<>();
    for (int i = 0; i < 20; i++) answers.add(call());
    answers.forEach(answer -> assertSame(REPLY, Await.result(answer)));
    stuck.countDown();
    assertEquals(20, asked.size());
    assertEquals(20, failures());
  }

  @Test
  void anEntryThatStaysIsNotOpenedAgainAndOneThatGoesIsClosed() {
    List<String> said = new CopyOnWriteArrayList<>();
    use(List.of(told("a", said), told("b", said)));
    use(List.of(told("b", said), told("c", said)));
    Await.until("closed", () -> said.contains("close a"));
    assertEquals(List.of("open a", "open b", "open c", "close a"), said);
    Await.result(interceptors.close());
    assertTrue(said.containsAll(List.of("close b", "close c")), said.toString());
    assertEquals(6, said.size());
  }

  @Test
  void oneThatDoesNotOpenLeavesThoseBeforeInPlace() {
    List<String> said = new CopyOnWriteArrayList<>();
    use(List.of(told("a", said)));
    Future<Interceptors.Prepared> prepared =
        interceptors.prepare(List.of(told("b", said), told("bad", said)), CONTRACT.operations());
    Throwable cause =
        Await.result(prepared.<Throwable>map(p -> null).recover(Future::succeededFuture));
    assertEquals("bad does not open: on purpose", cause.getMessage());
    Await.until("closed", () -> said.contains("close b"));
    assertFalse(said.contains("close a"));
    assertTrue(interceptors.see("x"));
  }

  private Listed told(String name, List<String> said) {
    Interceptor one =
        new Interceptor() {
          @Override
          public Future<Reply> answer(Call call, Next next) {
            return next.answer();
          }

          @Override
          public Future<?> open(Opening opening) {
            said.add("open " + name);
            if (name.equals("bad")) throw new IllegalStateException("on purpose");
            return Future.succeededFuture();
          }

          @Override
          public Future<?> close() {
            said.add("close " + name);
            return null;
          }
        };
    return new Listed(settings(name).get(), one);
  }

  private void refused(Future<Reply> answer) {
    Failure failure = Await.failure(answer);
    assertEquals("INTERCEPTOR_FAILED", failure.code());
    assertEquals(500, failure.status());
  }

  private List<Listed> listed(Interceptor interceptor) {
    return listed(interceptor, OnFailure.SKIP);
  }

  private List<Listed> listed(Interceptor interceptor, OnFailure onFailure) {
    return listed(interceptor, settings("one").onFailure(onFailure).get());
  }

  private List<Listed> listed(Interceptor interceptor, InterceptorSettings settings) {
    return List.of(new Listed(settings, interceptor));
  }

  private void use(List<Listed> those) {
    Interceptors.Prepared prepared =
        Await.result(interceptors.prepare(those, CONTRACT.operations()));
    prepared.use();
    prepared.retire(Duration.ofMillis(1));
  }

  private Future<Reply> call(List<Listed> those) {
    use(List.of());
    use(those);
    return call();
  }

  /** On an event loop, as the doors do. */
  private Future<Reply> call() {
    Promise<Reply> answer = Promise.promise();
    context.runOnContext(
        v ->
            interceptors
                .answer(
                    X,
                    CALL,
                    call -> {
                      asked.add(call);
                      return rest;
                    })
                .onComplete(answer));
    return answer.future();
  }

  private int failures() {
    return (int) scraped("interceptor_failures_total");
  }

  private double scraped(String name) {
    return metrics
        .scrape()
        .lines()
        .filter(line -> line.startsWith(name + "{"))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }

  private static Wanted settings(String name) {
    return new Wanted(name, List.of(), OnFailure.SKIP, false, null);
  }

  /** Settings, but for what a test wants otherwise. */
  private record Wanted(
      String name, List<String> operations, OnFailure onFailure, boolean blocks, Breaker breaker) {
    Wanted operations(String... ids) {
      return new Wanted(name, List.of(ids), onFailure, blocks, breaker);
    }

    Wanted onFailure(OnFailure then) {
      return new Wanted(name, operations, then, blocks, breaker);
    }

    Wanted worker() {
      return new Wanted(name, operations, onFailure, true, breaker);
    }

    Wanted breaker(int failures, Duration reset) {
      return new Wanted(name, operations, onFailure, blocks, new Breaker(failures, reset));
    }

    InterceptorSettings get() {
      return new InterceptorSettings(
          name, operations, Duration.ofMillis(200), onFailure, blocks, breaker, Map.of());
    }
  }
}
