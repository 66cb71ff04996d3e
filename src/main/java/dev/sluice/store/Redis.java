package dev.sluice.store;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.RedisOptions;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Redis, which may be away. A command is answered within the deadline or fails with {@link
 * RedisUnavailable}; while Redis is away commands fail at once, and a probe in the background
 * connects again. Commands that block on the server (BLPOP, XREAD BLOCK) and SUBSCRIBE do not
 * belong in {@link #send}. Any thread may call.
 */
public final class Redis {
  /** Commands sent and not yet answered; more of them are refused. */
  static final int MAX_IN_FLIGHT = 4_096;

  private static final Logger LOG = LoggerFactory.getLogger(Redis.class);
  private static final long FIRST_PAUSE_MILLIS = 100;
  private static final long LONGEST_PAUSE_MILLIS = 2_000;
  private static final long HEARTBEAT_MILLIS = 1_000;

  private final Vertx vertx;
  private final ContextInternal context;
  private final RedisOptions options;
  private final Duration deadline;
  private final Map<String, List<Consumer<String>>> channels = new HashMap<>();
  private final List<Runnable> onAvailable = new CopyOnWriteArrayList<>();
  private volatile RedisLink link;
  private volatile boolean closed;
  private long timer; // on its context

  private Redis(Vertx vertx, RedisOptions options, Duration deadline) {
    this.vertx = vertx;
    this.context = ((VertxInternal) vertx).createEventLoopContext();
    this.options = options;
    this.deadline = deadline;
  }

  /**
   * Tries to connect once; whether or not that works the door opens, so a start never waits for
   * Redis.
   */
  static Future<Redis> open(Vertx vertx, String uri, Duration deadline) {
    Redis redis = new Redis(vertx, optionsOf(uri), deadline);
    Promise<Redis> tried = Promise.promise();
    redis.context.runOnContext(
        x -> {
          redis.timer = vertx.setPeriodic(HEARTBEAT_MILLIS, redis::heartbeat);
          redis
              .connect()
              .onSuccess(redis::adopt)
              .onFailure(redis::startWithout)
              .onComplete(done -> tried.complete(redis));
        });
    return tried.future();
  }

  /**
   * Sends one command; fails with {@link RedisUnavailable}, or with the error that Redis replied.
   */
  public Future<Response> send(Request request) {
    RedisLink now = link;
    return now == null ? away() : now.send(request);
  }

  /** Sends commands in one go, with one deadline for them all; fails if any of them does. */
  public Future<List<Response>> batch(List<Request> requests) {
    RedisLink now = link;
    return now == null ? away() : now.batch(requests);
  }

  /**
   * The same without a deadline, for what must not be taken for undone where it is only late; fails
   * with {@link RedisUnavailable} where Redis is away, or goes away before it has answered.
   */
  public Future<List<Response>> batchPatiently(List<Request> requests) {
    RedisLink now = link;
    return now == null ? away() : now.batchPatiently(requests);
  }

  /** Its version, as {@code 6.2.7}. */
  public Future<String> version() {
    return send(Request.cmd(Command.INFO).arg("server"))
        .map(
            told ->
                told.toString()
                    .lines()
                    .filter(line -> line.startsWith("redis_version:"))
                    .map(line -> line.substring("redis_version:".length()).trim())
                    .findFirst()
                    .orElseThrow());
  }

  /** Whether commands are being sent at all, by what is known now. */
  public boolean available() {
    return link != null;
  }

  /**
   * Calls back on the caller's context each time Redis has come back, when subscriptions are in
   * place again: what was published meanwhile was missed. A first connection that came late counts
   * too.
   */
  public void onAvailable(Runnable action) {
    Context caller = vertx.getOrCreateContext();
    onAvailable.add(() -> caller.runOnContext(x -> action.run()));
  }

  /**
   * Hears a channel's messages, on the caller's context, through reconnects. Completes when the
   * subscription is in place, or at once while Redis is away: it is made when Redis comes back.
   */
  public Future<Void> subscribe(String channel, Handler<String> message) {
    ContextInternal caller = (ContextInternal) vertx.getOrCreateContext();
    Promise<Void> subscribed = caller.promise();
    Consumer<String> listener = text -> caller.runOnContext(x -> message.handle(text));
    context.runOnContext(
        x -> {
          channels.computeIfAbsent(channel, c -> new ArrayList<>()).add(listener);
          if (link == null) {
            subscribed.complete();
          } else {
            link.subscribe(channel)
                .recover(e -> e instanceof RedisUnavailable ? done() : Future.failedFuture(e))
                .onComplete(subscribed);
          }
        });
    return subscribed.future();
  }

  Future<Void> close() {
    Promise<Void> gone = Promise.promise();
    context.runOnContext(
        x -> {
          closed = true;
          vertx.cancelTimer(timer);
          RedisLink last = link;
          link = null;
          (last == null ? done() : last.close()).onComplete(gone);
        });
    return gone.future();
  }

  private Future<RedisLink> connect() {
    return RedisLink.connect(vertx, options, deadline)
        .compose(
            fresh -> {
              fresh.onMessage(this::deliver);
              return subscribeMissing(fresh, new HashSet<>())
                  .timeout(1, TimeUnit.SECONDS)
                  .map(fresh)
                  .onFailure(e -> fresh.close());
            });
  }

  /** Goes round again for channels that were added meanwhile, so that none is forgotten. */
  private Future<Void> subscribeMissing(RedisLink fresh, Set<String> made) {
    List<String> missing = channels.keySet().stream().filter(c -> !made.contains(c)).toList();
    if (missing.isEmpty()) {
      return done();
    }
    made.addAll(missing);
    return Future.all(missing.stream().map(fresh::subscribe).toList())
        .compose(x -> subscribeMissing(fresh, made));
  }

  private void adopt(RedisLink fresh) {
    if (closed) {
      fresh.close();
      return;
    }
    link = fresh;
    fresh.lost().onComplete(x -> abandon(fresh));
  }

  private void abandon(RedisLink former) {
    if (!closed) {
      link = null;
      LOG.warn("Redis is away: going on without it");
      former.close();
      reconnect(FIRST_PAUSE_MILLIS);
    }
  }

  private void startWithout(Throwable cause) {
    LOG.warn("Redis cannot be used ({}): starting without it", cause.getMessage());
    reconnect(FIRST_PAUSE_MILLIS);
  }

  private void reconnect(long pauseMillis) {
    vertx.setTimer(
        pauseMillis,
        id -> {
          if (!closed) {
            connect()
                .onSuccess(this::welcome)
                .onFailure(e -> reconnect(Math.min(2 * pauseMillis, LONGEST_PAUSE_MILLIS)));
          }
        });
  }

  private void welcome(RedisLink fresh) {
    adopt(fresh);
    if (!closed) {
      LOG.info("Redis is back");
      onAvailable.forEach(Runnable::run);
    }
  }

  /** An idle connection to a host that is gone looks alive until something is sent. */
  private void heartbeat(long timer) {
    send(Request.cmd(Command.PING));
  }

  private void deliver(Response event) {
    if (event.size() == 3 && "message".equals(event.get(0).toString())) {
      List<Consumer<String>> listeners = channels.getOrDefault(event.get(1).toString(), List.of());
      listeners.forEach(l -> l.accept(event.get(2).toString()));
    }
  }

  private <T> Future<T> away() {
    return Future.failedFuture(new RedisUnavailable("Redis is away"));
  }

  private static Future<Void> done() {
    return Future.succeededFuture();
  }

  private static RedisOptions optionsOf(String uri) {
    RedisOptions options =
        new RedisOptions()
            .setConnectionString(uri)
            .setMaxWaitingHandlers(2 * MAX_IN_FLIGHT)
            .setMaxPoolSize(2)
            .setMaxPoolWaiting(2)
            .setPoolCleanerInterval(-1);
    options.getNetClientOptions().setConnectTimeout(1_000);
    if (uri.startsWith("rediss:")) {
      options.getNetClientOptions().setHostnameVerificationAlgorithm("HTTPS");
    }
    return options;
  }
}
