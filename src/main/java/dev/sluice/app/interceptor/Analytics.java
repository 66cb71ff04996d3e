package dev.sluice.app.interceptor;

import dev.sluice.app.Interceptor;
import dev.sluice.call.Call;
import dev.sluice.call.Failure;
import dev.sluice.call.Reply;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.client.WebClient;
import java.net.URI;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says who uses what: counts calls by day, operation and, if wished, user, and every so often sends
 * the counts as one batch to a collector, or writes them into the log. What a call said is never in
 * it.
 *
 * <pre>
 * settings:
 *   url: https://collector.example.com/usage  # POST; without it, the log
 *   every: 60                                 # seconds
 *   users: false                              # true: by user, too
 *   most: 10000                               # counts in one batch; what is beyond is counted as lost
 * </pre>
 *
 * A batch goes out until it is delivered, by one Idempotency-Key, and one other grows meanwhile.
 */
public final class Analytics implements Interceptor {
  private static final Logger LOG = LoggerFactory.getLogger("dev.sluice.analytics");
  private static final Set<String> KNOWN = Set.of("url", "every", "users", "most");
  private static final long SENDING_SECONDS = 10;

  private final Map<Use, Count> counts = new TreeMap<>();
  private Vertx vertx;
  private WebClient client; // null where there is no collector
  private String url;
  private boolean users;
  private int most;
  private long lost;
  private long timer;
  private JsonObject unsent; // a batch that has not been delivered; null without one
  private Future<?> sending = Future.succeededFuture();

  /** What is counted apart. */
  private record Use(LocalDate day, String operation, String user) implements Comparable<Use> {
    @Override
    public int compareTo(Use other) {
      int by = day.compareTo(other.day);
      if (by == 0) by = operation.compareTo(other.operation);
      return by == 0 ? user.compareTo(other.user) : by;
    }
  }

  private static final class Count {
    private long calls;
    private long failures;
    private long micros;

    void add(boolean failed, long took) {
      calls++;
      if (failed) failures++;
      micros += took;
    }
  }

  @Override
  public void check(JsonObject settings) {
    Knob.onlyKnown(settings, KNOWN);
    Knob.seconds(settings, "every", 60);
    Knob.flag(settings, "users");
    Knob.number(settings, "most", 10_000, 1_000_000);
    String url = Knob.text(settings, "url");
    if (!url.isEmpty() && !URI.create(url).isAbsolute()) {
      throw new IllegalArgumentException("url must be one, such as https://example.com/usage");
    }
  }

  @Override
  public Future<?> open(Opening opening) {
    JsonObject settings = opening.settings();
    vertx = opening.vertx();
    url = Knob.text(settings, "url");
    users = Knob.flag(settings, "users");
    most = Knob.number(settings, "most", 10_000, 1_000_000);
    if (!url.isEmpty()) client = WebClient.create(vertx);
    Duration every = Knob.seconds(settings, "every", 60);
    timer = vertx.setPeriodic(every.toMillis(), t -> send());
    return Future.succeededFuture();
  }

  @Override
  public Future<Reply> answer(Call call, Next next) {
    long began = System.nanoTime();
    return next.answer()
        .onComplete(outcome -> count(call, outcome, (System.nanoTime() - began) / 1000));
  }

  private void count(Call call, AsyncResult<Reply> outcome, long micros) {
    int status =
        outcome.succeeded() ? outcome.result().status() : Failure.from(outcome.cause()).status();
    String subject = users && !call.caller().isAnonymous() ? call.caller().subject() : "";
    Use use = new Use(LocalDate.now(ZoneOffset.UTC), call.operation(), subject);
    synchronized (this) {
      if (counts.size() >= most && !counts.containsKey(use)) lost++;
      else counts.computeIfAbsent(use, u -> new Count()).add(status >= 400, micros);
    }
  }

  /** One batch at a time, until it is delivered: meanwhile the next one grows. */
  private synchronized Future<?> send() {
    if (!sending.isComplete()) return sending;
    if (unsent == null) unsent = batch();
    if (unsent == null) return sending;
    if (client == null) {
      LOG.info("usage {}", unsent.encode());
      unsent = null;
      return sending;
    }
    sending = post(unsent).onSuccess(done -> delivered()).onFailure(Analytics::tell);
    return sending;
  }

  private synchronized void delivered() {
    unsent = null;
  }

  private static void tell(Throwable cause) {
    LOG.warn("usage is not delivered: {}", cause.toString());
  }

  /** What has been counted since the last one, or null. */
  private JsonObject batch() {
    if (counts.isEmpty()) return null;
    JsonArray uses = new JsonArray();
    counts.forEach((use, count) -> uses.add(told(use, count)));
    JsonObject batch =
        new JsonObject()
            .put("id", UUID.randomUUID().toString())
            .put("uses", uses)
            .put("lost", lost);
    counts.clear();
    lost = 0;
    return batch;
  }

  private static JsonObject told(Use use, Count count) {
    JsonObject told =
        new JsonObject().put("day", use.day.toString()).put("operation", use.operation);
    if (!use.user.isEmpty()) told.put("user", use.user);
    return told.put("calls", count.calls)
        .put("failures", count.failures)
        .put("micros", count.micros);
  }

  private Future<Void> post(JsonObject batch) {
    return client
        .postAbs(url)
        .followRedirects(false)
        .timeout(TimeUnit.SECONDS.toMillis(SENDING_SECONDS))
        .putHeader("Idempotency-Key", "\"" + batch.getString("id") + "\"")
        .putHeader("Content-Type", "application/json")
        .sendBuffer(Buffer.buffer(batch.encode()))
        .compose(
            answer ->
                answer.statusCode() < 300
                    ? Future.succeededFuture()
                    : Future.failedFuture("it answered " + answer.statusCode()));
  }

  /** The last batch goes out, too. */
  @Override
  public Future<?> close() {
    vertx.cancelTimer(timer);
    Future<?> before;
    synchronized (this) {
      before = sending;
    }
    return before
        .transform(done -> send().transform(sent -> Future.succeededFuture()))
        .onComplete(
            done -> {
              if (client != null) client.close();
            });
  }
}
