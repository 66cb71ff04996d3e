package dev.sluice;

import static dev.sluice.harness.RunningGateway.await;
import static dev.sluice.harness.RunningGateway.error;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.harness.RunningGateway;
import dev.sluice.harness.ToyTarget;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.SelfSignedCertificate;
import io.vertx.ext.web.client.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Upstreams with TLS and HTTP/2. */
class TlsUpstreamsIT {
  private static final int STREAMS = 10;
  private static final Vertx vertx = Vertx.vertx();
  private static final SelfSignedCertificate server = SelfSignedCertificate.create("api.test");
  private static final SelfSignedCertificate stranger = SelfSignedCertificate.create("api.test");
  private static final SelfSignedCertificate own = SelfSignedCertificate.create("gateway.test");
  private static ToyTarget tls;
  private static ToyTarget strict;
  private static ToyTarget plain;
  private static RunningGateway gateway;

  @BeforeAll
  static void start() {
    tls = new ToyTarget(vertx, "tls", secured());
    strict =
        new ToyTarget(
            vertx,
            "strict",
            secured().setClientAuth(ClientAuth.REQUIRED).setTrustOptions(own.trustOptions()));
    Http2Settings few = new Http2Settings().setMaxConcurrentStreams(STREAMS);
    plain = new ToyTarget(vertx, "plain", new HttpServerOptions().setInitialSettings(few));
    StringBuilder upstreams = new StringBuilder("upstreams:\n");
    StringBuilder routes = new StringBuilder("routes:\n");
    String ca = "ca: " + server.certificatePath();
    String named = ca + ", serverName: api.test";
    String mine = ", certificate: " + own.certificatePath() + ", key: " + own.privateKeyPath();
    Map.of(
            "right", settings(tls, named, false),
            "wrong",
                settings(
                    tls, "ca: " + stranger.certificatePath() + ", serverName: api.test", false),
            "unnamed", settings(tls, ca, false),
            "public", settings(tls, "serverName: api.test", false),
            "trusting", settings(tls, "verify: false", false),
            "known", settings(strict, named + mine, false),
            "unknown", settings(strict, named, false),
            "alpn", settings(tls, named, true),
            "clear", "{ url: '" + plain.url() + "', http2: true, preserveHost: true }")
        .forEach(
            (name, settings) -> {
              upstreams.append("  " + name + ": " + settings + "\n");
              String path = "/" + name;
              routes.append(
                  "  - { path: \"%s/**\", upstream: %s, stripPrefix: %s }\n"
                      .formatted(path, name, path));
            });
    gateway = new RunningGateway(Map.of(), upstreams.toString() + routes);
  }

  private static String settings(ToyTarget target, String tls, boolean http2) {
    return "{ url: '%s', tls: { %s }, http2: %s }".formatted(target.url(), tls, http2);
  }

  private static HttpServerOptions secured() {
    return new HttpServerOptions()
        .setSsl(true)
        .setUseAlpn(true)
        .setSni(true)
        .setKeyCertOptions(server.keyCertOptions());
  }

  @AfterAll
  static void stop() {
    gateway.close();
    await(vertx.close());
    List.of(server, stranger, own).forEach(SelfSignedCertificate::delete);
  }

  @AfterEach
  void forget() {
    for (ToyTarget target : List.of(tls, strict, plain)) {
      target.answer(null);
      target.asked().clear();
    }
  }

  @Test
  void aTargetIsBelievedByItsAuthorityAndName() {
    assertEquals("tls", gateway.get("/right/x").bodyAsString());
    assertEquals("tls", gateway.get("/trusting/x").bodyAsString());
    HttpServerRequest asked = tls.asked().get(0);
    assertEquals("api.test", asked.connection().indicatedServerName(), "SNI");
    assertEquals(tls.authority(), asked.getHeader("Host"));
    assertEquals(HttpVersion.HTTP_1_1, asked.version());
  }

  @Test
  void whoCannotProveWhoItIsIsA502() {
    for (String upstream : List.of("wrong", "unnamed", "public")) {
      HttpResponse<Buffer> answer = gateway.get("/" + upstream + "/x");
      assertEquals(502, answer.statusCode(), upstream);
      assertEquals("tls_certificate_error", reason(answer), upstream);
    }
    assertEquals(0, tls.asked().size());
  }

  @Test
  void theGatewayProvesWhoItIsWhereItIsAsked() {
    assertEquals("strict", gateway.get("/known/x").bodyAsString());
    HttpResponse<Buffer> refused = gateway.get("/unknown/x");
    assertEquals(502, refused.statusCode());
    assertTrue(
        List.of("tls_alert_received", "connection_terminated").contains(reason(refused)),
        reason(refused));
  }

  @Test
  void http2IsSpokenOverTlsAndInClearText() {
    for (String upstream : List.of("alpn", "clear")) {
      ToyTarget target = upstream.equals("alpn") ? tls : plain;
      target.answer(
          request -> {
            JsonObject seen = new JsonObject();
            request.headers().forEach(h -> seen.put(h.getKey(), h.getValue()));
            request.response().end(seen.encode());
          });
      HttpResponse<Buffer> answer =
          gateway.get("/" + upstream + "/x", "Connection", "X-Hop", "X-Hop", "1", "X-Own", "1");
      assertEquals(200, answer.statusCode());
      assertEquals("2 Sluice", answer.getHeader("Via"));
      HttpServerRequest asked = target.asked().get(0);
      assertEquals(HttpVersion.HTTP_2, asked.version());
      boolean preserved = upstream.equals("clear");
      String host = preserved ? "127.0.0.1:" + gateway.port() : target.authority();
      assertEquals(host, asked.authority().toString());
      JsonObject seen = answer.bodyAsJsonObject();
      assertEquals("1", seen.getString("x-own"));
      for (String gone : List.of("connection", "x-hop", "transfer-encoding", "host")) {
        assertNull(seen.getString(gone), gone);
      }
    }
  }

  @Test
  void bodiesOfAnySizePassBothWaysOverHttp2() {
    byte[] bytes = new byte[5 << 20];
    new Random(1).nextBytes(bytes);
    for (String upstream : List.of("alpn", "clear")) {
      ToyTarget target = upstream.equals("alpn") ? tls : plain;
      target.answer(request -> request.body().onSuccess(body -> request.response().end(body)));
      HttpResponse<Buffer> answer =
          gateway.send(HttpMethod.POST, "/" + upstream + "/x", Buffer.buffer(bytes));
      assertEquals(200, answer.statusCode());
      assertEquals(Buffer.buffer(bytes), answer.body());
    }
  }

  /** The last frame of a body may be empty, whatever its length was said to be. */
  @Test
  void anEmptyFrameEndsABody() {
    plain.answer(
        request -> {
          if (request.path().endsWith("/sized"))
            request.response().putHeader("content-length", "3");
          request.response().write("abc").onSuccess(v -> request.response().end());
        });
    for (String path : List.of("/clear/sized", "/clear/open", "/clear/sized")) {
      HttpResponse<Buffer> answer = gateway.get(path);
      assertEquals(200, answer.statusCode());
      assertEquals("abc", answer.bodyAsString());
    }
  }

  @Test
  void streamsShareConnectionsWithinThePeersLimit() {
    Queue<HttpServerRequest> held = new ConcurrentLinkedQueue<>();
    plain.answer(held::add);
    List<Future<HttpResponse<Buffer>>> all = new ArrayList<>();
    for (int i = 0; i < 4 * STREAMS; i++) {
      all.add(gateway.sendAsync(HttpMethod.GET, "/clear/x", null));
    }
    gateway.until("all are there", () -> held.size() == 4 * STREAMS);
    long connections = held.stream().map(HttpServerRequest::connection).distinct().count();
    int loops = Runtime.getRuntime().availableProcessors();
    assertTrue(connections >= 4, "no more than " + STREAMS + " on each");
    assertTrue(connections <= 4 + loops, connections + " connections");
    held.forEach(plain::sayName);
    all.forEach(answer -> assertEquals(200, await(answer).statusCode()));
  }

  @Test
  void aClientThatLeavesFreesItsStream() {
    Queue<HttpServerRequest> held = new ConcurrentLinkedQueue<>();
    AtomicInteger gone = new AtomicInteger();
    plain.answer(
        request -> {
          request.response().exceptionHandler(reset -> gone.incrementAndGet());
          held.add(request);
        });
    for (int round = 0; round < 3; round++) {
      List<Future<HttpConnection>> left = new ArrayList<>();
      int before = held.size();
      var client =
          gateway
              .vertx()
              .createHttpClient(new io.vertx.core.http.PoolOptions().setHttp1MaxSize(50));
      for (int i = 0; i < STREAMS; i++) {
        left.add(
            client
                .request(HttpMethod.GET, gateway.port(), "127.0.0.1", "/clear/x")
                .map(
                    request -> {
                      request.send();
                      return request.connection();
                    }));
      }
      gateway.until("all are there", () -> held.size() == before + STREAMS);
      left.forEach(connection -> await(connection).close());
      int expected = (round + 1) * STREAMS;
      gateway.until("all are gone", () -> gone.get() == expected);
    }
    plain.answer(null);
    long connections = held.stream().map(HttpServerRequest::connection).distinct().count();
    int loops = Runtime.getRuntime().availableProcessors();
    assertTrue(connections <= 2L * loops, "streams were used again: " + connections);
    assertEquals("plain", gateway.get("/clear/x").bodyAsString());
  }

  @org.junit.jupiter.api.RepeatedTest(10)
  void whatIsUnderWayWhenThePeerGoesAwayIsAnsweredAndTheNextGoesElsewhere() {
    Promise<HttpServerRequest> first = Promise.promise();
    plain.answer(first::tryComplete);
    Future<HttpResponse<Buffer>> slow = gateway.sendAsync(HttpMethod.GET, "/clear/x", null);
    HttpServerRequest held = await(first.future());
    plain.answer(null);
    held.connection().goAway(0);
    for (int i = 0; i < 20; i++) assertEquals(200, gateway.get("/clear/x").statusCode());
    plain.sayName(held);
    assertEquals("plain", await(slow).bodyAsString());
    List<HttpServerRequest> since = // it has heard of it
        plain.asked().stream()
            .skip(1)
            .dropWhile(request -> request.connection() == held.connection())
            .toList();
    assertFalse(since.isEmpty());
    assertTrue(
        since.stream().allMatch(request -> request.connection() != held.connection()),
        "nothing more on that connection");
  }

  private static String reason(HttpResponse<Buffer> answer) {
    return error(answer).getJsonObject("details").getString("reason");
  }
}
