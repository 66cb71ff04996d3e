package dev.sluice.upstream;

import static dev.sluice.harness.Await.result;
import static dev.sluice.harness.Await.until;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.annotation.JsonCreator;
import dev.sluice.conf.Binding;
import dev.sluice.conf.Document;
import dev.sluice.framing.Answer;
import dev.sluice.harness.ToyTarget;
import dev.sluice.harness.WithVertx;
import dev.sluice.observe.Health;
import dev.sluice.observe.Metrics;
import dev.sluice.upstream.connection.Request;
import dev.sluice.upstream.connection.Stream;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(WithVertx.class)
class PoolTest {
  private final Metrics metrics = new Metrics();
  private final Health health = new Health();
  private Vertx vertx;
  private Context loop;
  private ToyTarget toy;
  private Upstreams upstreams;

  @BeforeEach
  void start(Vertx vertx) {
    this.vertx = vertx;
    this.loop = vertx.getOrCreateContext();
    this.toy = new ToyTarget(vertx, "toy");
  }

  @AfterEach
  void stop() {
    result(upstreams.close());
    metrics.close();
  }

  @Test
  void aConnectionIsKeptAndTheLastGivenBackIsTheNextTaken() {
    Pool pool = open("connections: 2");
    Link first = take(pool);
    Link second = take(pool);
    assertEquals("toy", ask(first));
    assertEquals("toy", ask(second));
    give(first, true);
    give(second, true);
    for (int i = 0; i < 5; i++) {
      Link link = take(pool);
      assertEquals("toy", ask(link));
      give(link, true);
    }
    assertEquals(2, toy.asked().stream().map(HttpServerRequest::connection).distinct().count());
    assertSame(toy.asked().get(2).connection(), toy.asked().get(6).connection());
  }

  @Test
  void oneThatThePeerWillSoonCloseIsNotTakenAgain() {
    toy.answer(request -> request.response().putHeader("Keep-Alive", "timeout=1").end("toy"));
    Pool pool = open("connections: 2");
    Link first = take(pool);
    assertEquals("toy", ask(first));
    give(first, true);
    result(vertx.timer(600, TimeUnit.MILLISECONDS)); // over half of its time
    Link second = take(pool);
    assertEquals("toy", ask(second));
    give(second, true);
    assertNotSame(toy.asked().get(0).connection(), toy.asked().get(1).connection());
  }

  @Test
  void socketsHaveConnectionsOfTheirOwnAndALimit() {
    Pool pool = open("connections: 1, sockets: { max: 2 }");
    Link one = result(on(pool::takeSocket));
    Link two = result(on(pool::takeSocket));
    Broken full = broken(on(pool::takeSocket));
    assertEquals(Trouble.CONNECTION_LIMIT_REACHED, full.trouble());
    Link request = take(pool);
    assertEquals("toy", ask(request));
    give(request, true);
    result(
        on(
            () -> {
              one.switched();
              return Future.succeededFuture();
            }));
    assertTrue(metrics.scrape().contains("upstream_sockets{" + labels() + "} 2.0"));
    assertTrue(metrics.scrape().contains("upstream_requests_active{" + labels() + "} 1.0"));
    Future<Void> retired = upstreams.retire(result(upstreams.next(Map.of())));
    give(two, false);
    assertFalse(retired.isComplete(), "a socket is open");
    give(one, false);
    result(retired);
  }

  private String labels() {
    return "target=\"" + toy.authority() + "\",upstream=\"toy\"";
  }

  @Test
  void whoFindsNoConnectionWaitsAndTooManyAreSentAway() {
    Pool pool = open("connections: 1");
    Link held = take(pool);
    List<Future<Link>> waiting = new ArrayList<>();
    for (int i = 0; i < 8; i++) waiting.add(on(pool::take));
    Broken full = broken(on(pool::take));
    assertEquals(Trouble.CONNECTION_LIMIT_REACHED, full.trouble());
    assertTrue(full.isUnsent());
    assertFalse(waiting.get(0).isComplete());
    give(held, true);
    for (Future<Link> next : waiting) give(result(next), true);
  }

  @Test
  void oneThatEndedBadlyIsClosedAndMakesRoom() {
    Pool pool = open("connections: 1");
    Link bad = take(pool);
    assertEquals("toy", ask(bad));
    Future<Link> next = on(pool::take);
    give(bad, false);
    assertEquals("toy", ask(result(next)));
    give(result(next), true);
    assertEquals(2, toy.asked().stream().map(HttpServerRequest::connection).distinct().count());
  }

  @Test
  void aConnectionThatTheAnswerEndsIsNotTakenAgain() {
    toy.answer(request -> request.response().putHeader("Connection", "close").end("bye"));
    Pool pool = open("connections: 1");
    for (int i = 0; i < 10; i++) {
      Link link = take(pool);
      assertEquals("bye", ask(link));
      give(link, true);
    }
    assertEquals(10, toy.asked().stream().map(HttpServerRequest::connection).distinct().count());
  }

  @Test
  void aKeptConnectionThatIsClosedIsStaleAndAFreshOneIsNot() {
    Pool pool = open("connections: 1");
    Link link = take(pool);
    assertEquals("toy", ask(link));
    give(link, true);
    toy.answer(request -> request.connection().close());
    Link kept = take(pool);
    Broken stale = failed(kept);
    assertTrue(stale.isStale());
    assertFalse(stale.isUnsent());
    give(kept, false);
    Link fresh = result(on(() -> pool.take(Set.of(), true)));
    Broken broken = failed(fresh);
    assertEquals(Trouble.CONNECTION_TERMINATED, broken.trouble());
    assertFalse(broken.isStale());
    give(fresh, false);
  }

  @Test
  void aRefusedStreamWasNeverBegun() {
    toy.answer(request -> request.response().reset(7));
    Pool pool = open("http2: true");
    Link link = take(pool);
    Broken refused = failed(link);
    assertTrue(refused.isUnsent());
    give(link, false);
    toy.answer(request -> request.response().reset(2));
    Link again = take(pool);
    Broken reset = failed(again);
    assertEquals(Trouble.HTTP_RESPONSE_INCOMPLETE, reset.trouble());
    assertFalse(reset.isUnsent());
    give(again, false);
    toy.answer(null);
    Link third = take(pool);
    assertEquals("toy", ask(third));
    give(third, true);
    assertEquals(1, toy.connections().size(), "a reset stream costs nobody the connection");
  }

  @Test
  void whatIsNotThereIsSaidSo() {
    toy.kill();
    Pool pool = open("connections: 1");
    Broken refused = broken(on(pool::take));
    assertEquals("connection_refused", refused.trouble().word());
    assertTrue(refused.isUnsent());
    assertEquals(toy.authority(), refused.target().authority());
    toy.start();
    Link link = take(pool);
    assertEquals("toy", ask(link));
    give(link, true);
  }

  @Test
  void equalSettingsKeepTheirConnectionsAndOthersEndWhenNobodyUsesThem() {
    ToyTarget other = new ToyTarget(vertx, "other");
    String one = "one: { url: '" + toy.url() + "' }";
    upstreams =
        result(
            Upstreams.open(
                vertx,
                read("{ " + one + ", two: { url: '" + other.url() + "' } }"),
                metrics,
                health));
    Pool pool = pool("one");
    Pool two = pool("two");
    Link held = take(two);
    Queue<HttpServerRequest> asked = new ConcurrentLinkedQueue<>();
    other.answer(asked::add);
    Future<String> answer = asking(held);
    until("it is asked", () -> !asked.isEmpty());
    Link kept = take(pool);
    assertEquals("toy", ask(kept));
    give(kept, true);

    Upstreams before = upstreams;
    String changed = "two: { url: '" + other.url() + "', connections: 1 }";
    upstreams = result(before.next(read("{ " + one + ", " + changed + " }")));
    Future<Void> retired = before.retire(upstreams);
    assertSame(pool, pool("one"));
    assertNotSame(two, pool("two"));
    assertFalse(retired.isComplete(), "a request is under way");
    other.sayName(asked.remove());
    assertEquals("other", result(answer));
    give(held, true);
    result(retired);
    until("its connection is closed", () -> other.connections().isEmpty());
    assertEquals(1, toy.connections().size());
    assertTrue(metrics.scrape().contains("target=\"" + other.authority() + "\",upstream=\"two\""));
    assertEquals(Set.of("upstream.one", "upstream.two"), components());

    Upstreams mistaken =
        result(upstreams.next(read("{ " + one + ", three: { url: '" + other.url() + "' } }")));
    result(mistaken.retire(upstreams));
    assertEquals(Set.of("upstream.one", "upstream.two"), components(), "three was not to be");

    Upstreams fewer = result(upstreams.next(read("{ " + one + " }")));
    result(upstreams.retire(fewer));
    upstreams = fewer;
    assertEquals(Set.of("upstream.one"), components());
    assertFalse(metrics.scrape().contains("upstream=\"two\",} "));
    assertFalse(metrics.scrape().contains("upstream_connections{target=\"" + other.authority()));
  }

  private Set<String> components() {
    return result(health.report()).components().keySet();
  }

  private Pool open(String more) {
    String yaml = "{ toy: { url: '" + toy.url() + "', " + more + " } }";
    upstreams = result(Upstreams.open(vertx, read(yaml), metrics, health));
    return pool("toy");
  }

  private Pool pool(String name) {
    return result(on(() -> Future.succeededFuture(upstreams.pool(name))));
  }

  private Link take(Pool pool) {
    return result(on(pool::take));
  }

  private void give(Link link, boolean clean) {
    result(
        on(
            () -> {
              link.give(clean);
              return Future.succeededFuture();
            }));
  }

  private String ask(Link link) {
    return result(asking(link));
  }

  private Future<String> asking(Link link) {
    return on(() -> sent(link).whole.future());
  }

  private Broken failed(Link link) {
    return result(
        on(
            () ->
                sent(link)
                    .whole
                    .future()
                    .transform((answer, cause) -> Future.succeededFuture(link.failed(cause)))));
  }

  private static Asked sent(Link link) {
    Asked asked = new Asked(link);
    Request get =
        new Request(
            HttpMethod.GET, "/x", link.target().authority(), MultiMap.caseInsensitiveMultiMap());
    link.open(asked)
        .onSuccess(stream -> stream.send(get, Stream.Body.NONE))
        .onFailure(asked.whole::fail);
    return asked;
  }

  /** Puts an answer's body together. */
  private static final class Asked implements Stream.Listener {
    private final Promise<String> whole = Promise.promise();
    private final Buffer body = Buffer.buffer();
    private final Link link;

    private Asked(Link link) {
      this.link = link;
    }

    @Override
    public void hints(MultiMap fields) {}

    @Override
    public void head(Answer answer) {
      link.answered(answer.status());
    }

    @Override
    public void data(Buffer part) {
      body.appendBuffer(part);
    }

    @Override
    public void end(MultiMap trailers) {
      whole.complete(body.toString());
    }

    @Override
    public void fail(Throwable cause) {
      whole.fail(cause);
    }

    @Override
    public void drained() {}
  }

  private static Broken broken(Future<?> future) {
    return (Broken) result(future.<Throwable>map(n -> null).recover(Future::succeededFuture));
  }

  private <T> Future<T> on(Supplier<Future<T>> work) {
    Promise<T> done = Promise.promise();
    loop.runOnContext(v -> work.get().onComplete(done));
    return done.future();
  }

  private static Map<String, UpstreamSettings> read(String yaml) {
    return Binding.bind(Document.parse("my.yaml", yaml), "", All.class).all();
  }

  /** As {@code upstreams} is read. */
  record All(Map<String, UpstreamSettings> all) {
    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    All {}
  }
}
