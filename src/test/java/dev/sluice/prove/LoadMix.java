package dev.sluice.prove;

import static dev.sluice.prove.Figures.say;

import dev.sluice.prove.Ask.Answer;
import dev.sluice.prove.Ask.Manner;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetSocket;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.CRC32C;

/** Clients of all kinds at once, at a steady rate; every answer is checked. */
final class LoadMix {
  private static final long TICK_MILLIS = 10;
  private static final long SIP_MILLIS = 50;
  private static final long HANG_MILLIS = 30_000;
  private static final int OF_HTTP2 = 5;
  private static final int ROUGH_EVERY = 200;
  private static final int TOLD = 20;
  private static final String UPGRADE =
      "GET /s/bytes/1/10 HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
          + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
  private static final String BAD =
      "POST /s/post HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n"
          + "\r\n0\r\n\r\n";

  private final Vertx vertx;
  private final int port;
  private final int perSecond;
  private final int atOnce;
  private final HttpClient http1;
  private final HttpClient http2;
  private final NetClient sockets;
  private final Map<String, AtomicInteger> counts = new ConcurrentSkipListMap<>();
  private final ConcurrentLinkedQueue<String> told = new ConcurrentLinkedQueue<>();
  private final AtomicInteger wrong = new AtomicInteger();
  private final AtomicInteger waiting = new AtomicInteger();
  private double due;
  private long asked;
  private long timer;

  /** No more than {@code atOnce} requests wait at a time, whatever the rate. */
  LoadMix(Vertx vertx, int port, int perSecond, int atOnce) {
    this.vertx = vertx;
    this.port = port;
    this.perSecond = perSecond;
    this.atOnce = atOnce;
    HttpClientOptions options =
        new HttpClientOptions()
            .setDefaultHost("127.0.0.1")
            .setDefaultPort(port)
            .setKeepAliveTimeout(20);
    PoolOptions pool = new PoolOptions().setHttp1MaxSize(atOnce).setHttp2MaxSize(4);
    http1 = vertx.createHttpClient(options, pool);
    HttpClientOptions second = new HttpClientOptions(options);
    second.setProtocolVersion(HttpVersion.HTTP_2).setHttp2ClearTextUpgrade(false);
    http2 = vertx.createHttpClient(second, pool);
    sockets = vertx.createNetClient();
  }

  LoadMix start() {
    timer = vertx.setPeriodic(TICK_MILLIS, t -> tick());
    return this;
  }

  /** Sends no more, and waits for the answers that are still to come. */
  void stop() throws InterruptedException {
    vertx.cancelTimer(timer);
    for (long left = HANG_MILLIS; left > 0 && waiting.get() > 0; left -= 100) {
      TimeUnit.MILLISECONDS.sleep(100);
    }
    if (waiting.get() > 0) wrong("never answered", waiting.get() + " requests");
    http1.close();
    http2.close();
    sockets.close();
  }

  /** Answers that should not have been given so. */
  int wrong() {
    return wrong.get();
  }

  void print() {
    counts.forEach((what, count) -> say("  %-40s %9d", what, count.get()));
    told.forEach(Figures::say);
    say("  wrong: %d", wrong.get());
  }

  private void tick() {
    due += perSecond * TICK_MILLIS / 1000.0;
    for (; due >= 1; due--) {
      if (waiting.get() >= atOnce) {
        due = 0;
        return;
      }
      if (++asked % ROUGH_EVERY == 0) rough("bad request", BAD, " 400 ", true);
      else if (asked % ROUGH_EVERY == 1) rough("upgrade refused", UPGRADE, " 200 ", false);
      else send(Ask.any());
    }
  }

  private void send(Ask ask) {
    waiting.incrementAndGet();
    boolean second = ThreadLocalRandom.current().nextInt(OF_HTTP2) == 0;
    (second ? http2 : http1)
        .request(ask.options().setIdleTimeout(HANG_MILLIS))
        .compose(request -> exchange(ask, request))
        .otherwise(Answer.NONE)
        .onSuccess(
            answer -> {
              waiting.decrementAndGet();
              judge(ask, (second ? "h2c  " : "h1   ") + ask.name(), answer);
            });
  }

  private Future<Answer> exchange(Ask ask, HttpClientRequest request) {
    if (ask.manner() == Manner.LEAVES) {
      vertx.setTimer(1 + ThreadLocalRandom.current().nextInt(20), t -> request.reset());
    }
    Future<HttpClientResponse> sent =
        ask.body() == null ? request.send() : request.send(ask.body());
    return sent.compose(response -> read(ask, response));
  }

  private Future<Answer> read(Ask ask, HttpClientResponse response) {
    CRC32C sum = new CRC32C();
    long[] length = {0};
    response.handler(
        chunk -> {
          sum.update(chunk.getBytes());
          length[0] += chunk.length();
        });
    if (ask.manner() == Manner.READS_SLOWLY) {
      response.pause();
      long sips = vertx.setPeriodic(SIP_MILLIS, t -> response.fetch(1));
      response.end().onComplete(ended -> vertx.cancelTimer(sips));
    }
    int status = response.statusCode();
    return response
        .end()
        .map(whole -> new Answer(status, length[0], sum.getValue(), true))
        .otherwise(broken -> new Answer(status, length[0], sum.getValue(), false));
  }

  private void judge(Ask ask, String name, Answer answer) {
    if (ask.manner() == Manner.LEAVES) {
      count(name);
    } else if (ask.right().test(answer)) {
      count(name + ": right");
    } else if (ask.isShaky() && (answer.status() >= 500 || !answer.whole())) {
      count(name + ": upstream's fault");
    } else {
      wrong(name, ask.options().getURI() + " " + answer);
    }
  }

  /** What no proper client sends, on a connection of its own. */
  private void rough(String name, String request, String expected, boolean closes) {
    waiting.incrementAndGet();
    Promise<String> done = Promise.promise();
    sockets
        .connect(port, "127.0.0.1")
        .onFailure(done::tryFail)
        .onSuccess(socket -> listen(socket, closes, done).write(request));
    long limit = vertx.setTimer(HANG_MILLIS, t -> done.tryComplete("nothing"));
    done.future()
        .otherwise(Throwable::toString)
        .onSuccess(
            got -> {
              vertx.cancelTimer(limit);
              waiting.decrementAndGet();
              if (got.startsWith(expected, "HTTP/1.1".length())) count(name);
              else wrong(name, got.lines().findFirst().orElse("closed without an answer"));
            });
  }

  private static NetSocket listen(NetSocket socket, boolean closes, Promise<String> done) {
    StringBuilder got = new StringBuilder();
    socket.closeHandler(closed -> done.tryComplete(got.toString()));
    socket.handler(
        bytes -> {
          got.append(bytes.toString("ISO-8859-1"));
          if (!closes && got.indexOf("\r\n\r\n") > 0) socket.close();
        });
    return socket;
  }

  private void count(String what) {
    counts.computeIfAbsent(what, k -> new AtomicInteger()).incrementAndGet();
  }

  private void wrong(String name, String what) {
    if (wrong.incrementAndGet() <= TOLD) told.add("  WRONG " + name + ": " + what);
  }
}
