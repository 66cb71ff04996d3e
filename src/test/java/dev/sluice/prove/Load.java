package dev.sluice.prove;

import static dev.sluice.harness.RunningGateway.await;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.PoolOptions;
import java.net.ConnectException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Clients that ask one thing after another over kept connections, half of them over HTTP/2, until
 * nobody accepts their connections any more. Whatever else goes wrong is a failure.
 */
final class Load {
  private static final int CLIENTS = 24;
  private static final int BREATH_MILLIS = 150;
  private static final int LONGEST_PAUSE_MILLIS = 40;

  private final Vertx vertx;
  private final int port;
  private final AtomicLong served = new AtomicLong();
  private final AtomicLong refused = new AtomicLong();
  private final Map<String, AtomicLong> failures = new ConcurrentSkipListMap<>();
  private volatile boolean over;

  Load(Vertx vertx, int port) {
    this.vertx = vertx;
    this.port = port;
  }

  void start() {
    HttpClient one =
        vertx.createHttpClient(new HttpClientOptions(), new PoolOptions().setHttp1MaxSize(CLIENTS));
    HttpClient two =
        vertx.createHttpClient(
            new HttpClientOptions()
                .setProtocolVersion(HttpVersion.HTTP_2)
                .setHttp2ClearTextUpgrade(false),
            new PoolOptions().setHttp2MaxSize(2));
    for (int i = 0; i < CLIENTS; i++) {
      ask("HTTP/1.1", one, i);
      ask("HTTP/2", two, i);
    }
    breathe();
  }

  private void ask(String version, HttpClient client, int turn) {
    if (over) return;
    String target = Reload.TARGETS.get(turn % Reload.TARGETS.size());
    boolean post = turn % 11 == 0 && target.endsWith("/x");
    client
        .request(post ? HttpMethod.POST : HttpMethod.GET, port, "127.0.0.1", target)
        .compose(request -> post ? request.send(Buffer.buffer("body")) : request.send())
        .compose(answer -> answer.body().map(body -> verdict(answer, body)))
        .recover(cause -> Future.succeededFuture(verdict(cause)))
        .onSuccess(
            verdict -> {
              if (verdict == null) served.incrementAndGet();
              else if (!verdict.isEmpty()) count(version + " " + target + ": " + verdict);
              boolean goesOn = verdict == null || !verdict.isEmpty();
              if (goesOn) vertx.setTimer(pause(), t -> ask(version, client, turn + 1));
            });
  }

  /** So that a connection is sometimes idle and sometimes not. */
  private static long pause() {
    return ThreadLocalRandom.current().nextLong(1, LONGEST_PAUSE_MILLIS);
  }

  private static String verdict(HttpClientResponse answer, Buffer body) {
    if (answer.statusCode() != 200) return answer.statusCode() + " " + body;
    return body.length() == 0 ? "an empty body" : null;
  }

  /** Empty where it could not even connect. */
  private String verdict(Throwable cause) {
    if (!(cause instanceof ConnectException)) return cause.toString();
    refused.incrementAndGet();
    return "";
  }

  private void count(String failure) {
    failures.computeIfAbsent(failure, f -> new AtomicLong()).incrementAndGet();
  }

  /** Lets it go on for a moment. */
  void breathe() {
    await(vertx.timer(BREATH_MILLIS, TimeUnit.MILLISECONDS));
  }

  void stop() {
    over = true;
  }

  long served() {
    return served.get();
  }

  long refused() {
    return refused.get();
  }

  long failed() {
    return failures.values().stream().mapToLong(AtomicLong::get).sum();
  }

  List<String> failures() {
    return new TreeMap<>(failures)
        .entrySet().stream().map(e -> e.getValue() + " × " + e.getKey()).limit(20).toList();
  }
}
