package dev.sluice;

import static dev.sluice.harness.RunningGateway.await;
import static dev.sluice.harness.RunningGateway.error;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.harness.Await;
import dev.sluice.harness.RunningGateway;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.StreamResetException;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.client.HttpResponse;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Prefix routes, in front of an API of somebody else. */
class ForwardIT {
  private static final CopyOnWriteArrayList<HttpServerRequest> asked = new CopyOnWriteArrayList<>();
  private static final Vertx vertx = Vertx.vertx();
  private static volatile Consumer<HttpServerRequest> api;
  private static RunningGateway gateway;

  @BeforeAll
  static void start() {
    HttpServer server =
        await(
            vertx
                .createHttpServer()
                .requestHandler(
                    request -> {
                      asked.add(request);
                      api.accept(request);
                    })
                .listen(0, "127.0.0.1"));
    gateway =
        new RunningGateway(
            Map.of(),
            """
            upstreams:
              api: { url: "http://127.0.0.1:%d" }
              hasty: { url: "http://127.0.0.1:%d", idleTimeout: 700ms }
              away: { url: "http://127.0.0.1:1" }
            routes:
              - { path: "/o/**", upstream: api, stripPrefix: /o }
              - { path: "/whole/**", upstream: api }
              - { path: "/hasty/**", upstream: hasty }
              - { path: "/away/**", upstream: away }
              - { path: "/tight/**", upstream: api, limit: tight }
              - { path: "/o/admin/**", upstream: api, stripPrefix: /o/admin, addPrefix: /admins }
              - { path: "/api/**", upstream: api }
            """
                .formatted(server.actualPort(), server.actualPort()));
  }

  @AfterAll
  static void stop() {
    gateway.close();
    await(vertx.close());
  }

  @BeforeEach
  void echo() {
    asked.clear();
    api =
        request -> {
          JsonObject seen = new JsonObject().put("uri", request.uri());
          request.headers().forEach(h -> seen.put(h.getKey().toLowerCase(), h.getValue()));
          request.response().putHeader("Connection", "keep-alive, X-Hop");
          request.response().putHeader("X-Hop", "1").putHeader("Set-Cookie", "a=1");
          request.response().setStatusCode(203).end(seen.encode());
        };
  }

  @Test
  void aRequestAndItsAnswerArePassedOn() {
    HttpResponse<Buffer> answer =
        gateway.get("/o/a%2Fb?c=d&c=e", "X-Own", "1", "X-Forwarded-For", "6.6.6.6");
    assertEquals(203, answer.statusCode());
    JsonObject seen = answer.bodyAsJsonObject();
    assertEquals("/a%2Fb?c=d&c=e", seen.getString("uri"));
    assertEquals("1", seen.getString("x-own"));
    assertEquals("127.0.0.1", seen.getString("x-forwarded-for"));
    assertEquals("1.1 Sluice", seen.getString("via"));
    assertEquals(answer.getHeader("X-Request-Id"), seen.getString("x-request-id"));
    assertEquals("a=1", answer.getHeader("Set-Cookie"));
    assertEquals("1.1 Sluice", answer.getHeader("Via"));
    assertNull(answer.getHeader("X-Hop"));
    assertNull(answer.getHeader("Content-Security-Policy"), "the API decides on its own pages");
    assertEquals("/whole/x", gateway.get("/whole/x").bodyAsJsonObject().getString("uri"));
  }

  @Test
  void theContractAndItsPagesComeFirst() {
    assertEquals(200, gateway.get("/livez").statusCode());
    assertEquals(404, gateway.get("/other").statusCode());
    assertEquals(0, asked.size());
  }

  @Test
  void aBodyOfAnySizePassesBothWays() {
    byte[] bytes = new byte[20 << 20];
    new Random(1).nextBytes(bytes);
    api = request -> request.body().onSuccess(body -> request.response().end(body));
    HttpResponse<Buffer> answer =
        gateway.send(HttpMethod.POST, "/o/echo", Buffer.buffer(bytes), "Content-Type", "a/b");
    assertEquals(200, answer.statusCode());
    assertEquals(Buffer.buffer(bytes), answer.body());
    assertEquals("" + bytes.length, answer.getHeader("Content-Length"));
  }

  @Test
  void anEventArrivesWhenItIsSentAndNotAtTheEnd() {
    Promise<HttpServerRequest> open = Promise.promise();
    api =
        request -> {
          request.response().setChunked(true).putHeader("Content-Type", "text/event-stream");
          request.response().write("data: 1\n\n");
          open.complete(request);
        };
    HttpClient client = gateway.vertx().createHttpClient();
    Promise<Buffer> first = Promise.promise();
    Promise<Void> ended = Promise.promise();
    client
        .request(HttpMethod.GET, gateway.port(), "127.0.0.1", "/o/events")
        .compose(
            request -> // its handlers are there before its answer is
            request
                    .send()
                    .map(
                        answer -> {
                          answer.handler(first::tryComplete);
                          answer.endHandler(ended::complete);
                          return answer;
                        }));
    assertEquals("data: 1\n\n", await(first.future()).toString());
    assertFalse(ended.future().isComplete());
    await(open.future()).response().end();
    await(ended.future());
  }

  @Test
  void headAndEmptyAnswersHaveNoBody() {
    api = request -> request.response().putHeader("Content-Length", "5").end();
    HttpResponse<Buffer> head = gateway.send(HttpMethod.HEAD, "/o/x", null);
    assertEquals("5", head.getHeader("Content-Length"));
    assertNull(head.body());
    for (int status : new int[] {204, 304}) {
      api = request -> request.response().setStatusCode(status).end();
      HttpResponse<Buffer> answer = gateway.get("/o/x");
      assertEquals(status, answer.statusCode());
      assertNull(answer.body());
    }
    echo();
    assertEquals(203, gateway.get("/o/x").statusCode(), "and the connection is usable");
  }

  @Test
  void anUpstreamThatIsNotThereIsA502ThatNamesNoHost() {
    HttpResponse<Buffer> answer = gateway.get("/away/x");
    assertEquals(502, answer.statusCode());
    assertEquals("PROVIDER_ERROR", error(answer).getString("code"));
    assertFalse(answer.bodyAsString().contains("127.0.0.1"), answer.bodyAsString());
  }

  @Test
  void anUpstreamThatSaysNothingIsA504() {
    api = request -> {};
    HttpResponse<Buffer> answer = gateway.get("/hasty/silent");
    assertEquals(504, answer.statusCode());
    assertEquals(1, asked.size(), "it is not asked again for being slow");
  }

  @Test
  void halfABodyIsNeverPassedOnAsAWhole() {
    for (String length : new String[] {"1000", null}) {
      api =
          request -> {
            if (length == null) request.response().setChunked(true);
            else request.response().putHeader("Content-Length", length);
            request.response().write("half").onComplete(w -> request.connection().close());
          };
      Future<HttpResponse<Buffer>> answer = gateway.sendAsync(HttpMethod.GET, "/o/half", null);
      gateway.until("an end", answer::isComplete);
      assertTrue(answer.failed(), "length " + length);
    }
  }

  @Test
  void aClientThatLeavesTakesItsRequestWithIt() {
    Promise<Void> gone = Promise.promise();
    Promise<Void> there = Promise.promise();
    api =
        request -> {
          request.response().closeHandler(closed -> gone.tryComplete());
          there.complete();
        };
    HttpClientRequest leaving =
        await(
            gateway
                .vertx()
                .createHttpClient()
                .request(HttpMethod.GET, gateway.port(), "127.0.0.1", "/o/slow"));
    leaving.send();
    await(there.future());
    leaving.reset();
    await(gone.future());
  }

  /** What the kernels hold on the way is theirs; it is far less than the body. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void whatAClientDoesNotTakeIsNotReadForIt(boolean http2) {
    int size = 64 << 20;
    AtomicInteger left = new AtomicInteger(size);
    api =
        request -> {
          request.response().putHeader("Content-Length", "" + size);
          pour(request.response(), left);
        };
    HttpClientOptions options =
        new HttpClientOptions()
            .setProtocolVersion(http2 ? HttpVersion.HTTP_2 : HttpVersion.HTTP_1_1)
            .setHttp2ClearTextUpgrade(false)
            .setReceiveBufferSize(16 * 1024);
    HttpClient client = gateway.vertx().createHttpClient(options);
    HttpClientResponse answer =
        await(
            client
                .request(HttpMethod.GET, gateway.port(), "127.0.0.1", "/o/pour")
                .compose(request -> request.send().onSuccess(HttpClientResponse::pause)));
    AtomicInteger before = new AtomicInteger();
    AtomicInteger still = new AtomicInteger();
    gateway.until(
        "it waits",
        () -> {
          if (before.getAndSet(left.get()) != left.get()) still.set(0);
          return still.incrementAndGet() > 30;
        });
    assertTrue(left.get() > size / 2, left + " bytes are left");
    AtomicLong taken = new AtomicLong();
    answer.handler(part -> taken.addAndGet(part.length()));
    Future<Void> end = answer.end();
    answer.resume();
    await(end);
    assertEquals(size, taken.get());
    await(client.close());
  }

  private static void pour(HttpServerResponse to, AtomicInteger left) {
    while (!to.writeQueueFull() && left.get() > 0) {
      int part = Math.min(left.get(), 16 * 1024);
      left.addAndGet(-part);
      to.write(Buffer.buffer(new byte[part]));
    }
    if (left.get() == 0) to.end();
    else to.drainHandler(drained -> pour(to, left));
  }

  @Test
  void aKeptConnectionThatTheUpstreamClosedIsNobodysError() {
    for (int i = 0; i < 20; i++) {
      api = request -> request.response().end("x").onComplete(sent -> request.connection().close());
      assertEquals(200, gateway.get("/o/closing").statusCode());
    }
  }

  @Test
  void dotSegmentsAndTooManyRequestsAreRefused() {
    assertEquals(400, gateway.get("/o/%2e%2e/secret").statusCode());
    assertEquals(0, asked.size());
    for (int i = 0; i < 3; i++) assertEquals(203, gateway.get("/tight/x").statusCode());
    assertEquals(429, gateway.get("/tight/x").statusCode());
  }

  /** A route's protections are not passed by on a path that only looks like another one. */
  @ParameterizedTest
  @CsvSource({
    "/o/%61dmin, /admins/",
    "/%6f/adm%69n/%78?y=%61, /admins/%78?y=%61",
    "/%6F/other/%61dmin, /other/%61dmin",
    "/o/a//b;c=d/e%2Ff, /a//b;c=d/e%2Ff",
    "/o/admin//b;c, /admins//b;c",
    "/o//admin, 400",
    "//o/admin, 404",
    "/o/admin;a=b, 400",
    "/o/admin%3Ba/x, 400",
    "/o/;/admin, 400",
    "/o%2Fadmin, 404",
    "/whole/a, /whole/a",
    "/o%5cadmin/x, 404",
    "/o/%2fadmin, 400",
    "/o/admin%2f, 400",
    "/api//v1/notes, 400",
    "/api/v1/notes;a=b, 400",
    "/api//v1/other, /api//v1/other"
  })
  void theRouteIsThatOfTheNormalisedPath(String path, String sent) throws Exception {
    try (java.net.Socket socket = new java.net.Socket("127.0.0.1", gateway.port())) {
      socket.setSoTimeout(10_000);
      String request = "GET " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
      socket.getOutputStream().write(request.getBytes());
      String answer = new String(socket.getInputStream().readAllBytes());
      boolean refused = !sent.startsWith("/");
      assertTrue(answer.startsWith("HTTP/1.1 " + (refused ? sent : "203") + " "), answer);
      assertEquals(refused ? 0 : 1, asked.size());
      if (!refused) assertEquals(sent, asked.get(0).uri());
    }
  }

  /** What is not to be had from the upstream itself is not to be had by another spelling. */
  @Test
  void anOperationIsFoundHoweverItsPathIsEncoded() {
    assertEquals(422, gateway.get("/api/v1/%6Eotes").statusCode(), "its contract was looked at");
    assertEquals(0, asked.size());
  }

  @Test
  void aBadChunkReachesNobodyAsAWholeBody() throws Exception {
    CopyOnWriteArrayList<Buffer> whole = new CopyOnWriteArrayList<>();
    api = request -> request.body().onSuccess(whole::add);
    try (java.net.Socket socket = new java.net.Socket("127.0.0.1", gateway.port())) {
      socket.setSoTimeout(30_000);
      socket
          .getOutputStream()
          .write(
              "POST /o/x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nzz\r\n"
                  .getBytes());
      String answer = new String(socket.getInputStream().readAllBytes());
      assertTrue(answer.startsWith("HTTP/1.1 400 "), "<" + answer + ">");
    }
    echo();
    assertEquals(203, gateway.get("/o/x").statusCode());
    assertEquals(0, whole.size());
  }

  /** What README says: who may read an API's answers, it says itself. */
  @Test
  void corsIsTheApisOwnButForWhatSluiceAnswers() {
    String allowed = "Access-Control-Allow-Origin";
    HttpResponse<Buffer> passed = gateway.get("/o/x", "Origin", "https://a.example");
    assertEquals(203, passed.statusCode());
    assertNull(passed.getHeader(allowed));
    String method = "Access-Control-Request-Method";
    HttpResponse<Buffer> preflight =
        gateway.send(
            HttpMethod.OPTIONS, "/o/x", null, "Origin", "https://a.example", method, "PUT");
    assertEquals(203, preflight.statusCode(), "the API answers it");
    assertNull(preflight.getHeader(allowed));
    HttpResponse<Buffer> refused = gateway.get("/away/x", "Origin", "https://a.example");
    assertEquals(502, refused.statusCode());
    assertEquals("*", refused.getHeader(allowed));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void earlyHintsComeBeforeTheAnswer(boolean http2) {
    Promise<Void> hinted = Promise.promise();
    api =
        request -> {
          MultiMap hints = MultiMap.caseInsensitiveMultiMap().add("Link", "</a.css>; rel=preload");
          request.response().writeEarlyHints(hints);
          hinted.future().onSuccess(told -> request.response().end("fine"));
        };
    HttpClient client = http2 ? http2() : gateway.vertx().createHttpClient();
    AtomicReference<String> link = new AtomicReference<>();
    Future<Buffer> body =
        client
            .request(HttpMethod.GET, gateway.port(), "127.0.0.1", "/o/hints")
            .compose(
                request -> {
                  request.earlyHintsHandler(
                      hints -> {
                        link.set(hints.get("link"));
                        hinted.tryComplete();
                      });
                  return request.send().compose(HttpClientResponse::body);
                });
    assertEquals("fine", await(body).toString());
    assertEquals("</a.css>; rel=preload", link.get());
    await(client.close());
  }

  @Test
  void trailersOfAnAnswerArePassedOn() {
    api =
        request -> {
          request.response().setChunked(true).putHeader("Trailer", "X-Sum").write("abc");
          request.response().putTrailer("X-Sum", "9").end();
        };
    for (HttpClient client : new HttpClient[] {gateway.vertx().createHttpClient(), http2()}) {
      String sum =
          await(
              client
                  .request(HttpMethod.GET, gateway.port(), "127.0.0.1", "/o/sum")
                  .compose(
                      request ->
                          request
                              .send()
                              .compose(
                                  answer ->
                                      answer.body().map(body -> answer.getTrailer("X-Sum")))));
      assertEquals("9", sum);
    }
  }

  /** Beside close, Connection names fields that are for it alone (RFC 9110 §7.6.1). */
  @Test
  void closeAmongOtherOptionsHidesNoneOfThem() throws Exception {
    api =
        request -> {
          request.response().putHeader("Connection", "close, X-Hop").putHeader("X-Hop", "1");
          request.response().end("x");
        };
    try (java.net.Socket socket = new java.net.Socket("127.0.0.1", gateway.port())) {
      socket.setSoTimeout(10_000);
      String first = "GET /o/first HTTP/1.1\r\nHost: x\r\nX-Foo: 1\r\n\r\n";
      String second = first.replace("first", "second");
      String last = second.replace("\r\n\r\n", "\r\nConnection: X-Foo, Close , X-Bar\r\n\r\n");
      socket.getOutputStream().write((first + last + second).getBytes());
      String answers = new String(socket.getInputStream().readAllBytes()); // until it is closed
      assertEquals(2, answers.split("HTTP/1.1 200 ", -1).length - 1, answers);
      assertFalse(answers.contains("X-Hop"), answers);
      assertTrue(answers.toLowerCase().contains("connection: close\r\n"), answers);
    }
    assertEquals(2, asked.size(), "what follows on close is nobody's");
    assertEquals("1", asked.get(0).getHeader("X-Foo"));
    assertNull(asked.get(1).getHeader("X-Foo"));
  }

  private static HttpClient http2() {
    return gateway
        .vertx()
        .createHttpClient(
            new HttpClientOptions()
                .setProtocolVersion(HttpVersion.HTTP_2)
                .setHttp2ClearTextUpgrade(false));
  }

  private static <T> Future<T> overHttp2(String uri, Function<HttpClientResponse, Future<T>> what) {
    HttpClient client = http2();
    return Await.begun(
        gateway.vertx(),
        () ->
            client
                .request(HttpMethod.GET, gateway.port(), "127.0.0.1", uri)
                .compose(HttpClientRequest::send)
                .compose(what));
  }

  /** With NO_ERROR a client would take the half for the whole (RFC 9113 §8.1). */
  @Test
  void anAnswerThatBreaksOffIsAnErrorToHttp2() {
    api =
        request -> {
          request.response().setChunked(true).write("half");
          gateway.vertx().setTimer(50, t -> request.connection().close());
        };
    Future<Buffer> body = overHttp2("/o/half", HttpClientResponse::body);
    gateway.until("an end", body::isComplete);
    StreamResetException reset = assertInstanceOf(StreamResetException.class, body.cause());
    assertEquals(2, reset.getCode());
  }

  @Test
  void aRequestOfHttp2ThatIsAnsweredIsNotCountedAsGone() {
    double before = gone();
    for (int i = 0; i < 5; i++) {
      await(overHttp2("/o/two", HttpClientResponse::body));
    }
    assertEquals(before, gone());
  }

  private static double gone() {
    return gateway
        .get("/metrics")
        .bodyAsString()
        .lines()
        .filter(line -> line.startsWith("http_requests_gone_total "))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.indexOf(' '))))
        .sum();
  }

  @Test
  void answersOfHttp2ClientsHaveNoFieldsOfHttp1() {
    Buffer body =
        await(
            overHttp2(
                "/o/two",
                answer -> {
                  assertEquals(203, answer.statusCode());
                  assertNull(answer.getHeader("connection"));
                  return answer.body();
                }));
    JsonObject seen = body.toJsonObject();
    assertEquals("2 Sluice", seen.getString("via"));
    assertNull(seen.getString("transfer-encoding"), "a GET without a body has none");
    assertEquals("127.0.0.1:" + gateway.port(), seen.getString("x-forwarded-host"));
  }
}
