package dev.sluice;

import static dev.sluice.harness.RunningGateway.await;
import static dev.sluice.harness.RunningGateway.error;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.harness.Await;
import dev.sluice.harness.RunningGateway;
import dev.sluice.harness.ToyTarget;
import io.vertx.core.Future;
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
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.ext.web.client.HttpResponse;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.greenbytes.http.sfv.Parser;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Routes with {@code cache: http}, each test at a path of its own. */
class HttpCacheIT {
  private static final int MAX_ENTRY = 8 << 20;
  private static final Map<String, Consumer<HttpServerRequest>> pages = new ConcurrentHashMap<>();
  private static final Map<String, List<HttpServerRequest>> asked = new ConcurrentHashMap<>();
  private static final Vertx vertx = Vertx.vertx();
  private static RunningGateway gateway;
  private static ToyTarget second;
  private static HttpClient client;

  @BeforeAll
  static void start() {
    HttpServer server = await(upstream().listen(0, "127.0.0.1"));
    second = new ToyTarget(vertx, "second");
    second.answer(HttpCacheIT::answer);
    client =
        vertx.createHttpClient(
            new HttpClientOptions().setReceiveBufferSize(16 * 1024),
            new PoolOptions().setHttp1MaxSize(64));
    gateway =
        new RunningGateway(
            Map.of("SLUICE_STORE_REDISTIMEOUT", "2s"), // when it is back, what has groups is stale
            """
            cache: { http: { maxEntry: 8MiB, bytes: 32MiB } }
            upstreams:
              api: { url: "http://127.0.0.1:%d" }
              leaving: { url: "%s" }
            routes:
              - { path: "/o/**", upstream: api, stripPrefix: /o, cache: http, limit: none }
              - { path: "/leaving/**", upstream: leaving, cache: http, limit: none }
              - { path: "/same/**", upstream: api, stripPrefix: /same, cache: http,
                  requestHeaders: { set: { X-Env: two } }, responseHeaders: { remove: [X-Secret] } }
            """
                .formatted(server.actualPort(), second.url()));
  }

  private static HttpServer upstream() {
    return vertx.createHttpServer().requestHandler(HttpCacheIT::answer);
  }

  private static void answer(HttpServerRequest request) {
    String path = request.path();
    asked.computeIfAbsent(path, p -> new CopyOnWriteArrayList<>()).add(request);
    pages.get(path).accept(request);
  }

  @AfterAll
  static void stop() {
    gateway.until("all that was held is given back", () -> metric("cache_http_held ") == 0);
    gateway.close();
    await(vertx.close());
  }

  /** Answers a path; the body counts how often it was asked, unless there is one. */
  private static void page(String path, String... headers) {
    AtomicInteger count = new AtomicInteger();
    pages.put(path, request -> reply(request, "body " + count.incrementAndGet(), headers));
  }

  private static void reply(HttpServerRequest request, String body, String... headers) {
    for (int i = 0; i < headers.length; i += 2) {
      request.response().headers().add(headers[i], headers[i + 1]);
    }
    String tag = request.response().headers().get("ETag");
    if (tag != null && tag.equals(request.getHeader("If-None-Match"))) {
      request.response().setStatusCode(304).end();
    } else {
      request.response().end(body);
    }
  }

  private static int count(String path) {
    return asked.getOrDefault(path, List.of()).size();
  }

  private static HttpServerRequest last(String path) {
    List<HttpServerRequest> all = asked.get(path);
    return all.get(all.size() - 1);
  }

  /** The last member of Cache-Status: this cache's; the whole must be a list (RFC 9211). */
  private static String status(HttpResponse<Buffer> answer) {
    return status(answer.headers().getAll("Cache-Status"));
  }

  private static String status(List<String> lines) {
    try {
      var items = new Parser(lines).parseList().get();
      assertEquals("Sluice", items.get(items.size() - 1).get().toString(), lines.toString());
    } catch (org.greenbytes.http.sfv.ParseException e) {
      throw new AssertionError(lines.toString(), e);
    }
    return lines.get(lines.size() - 1);
  }

  private static String text(HttpResponse<Buffer> answer) {
    return answer.body() == null ? "" : answer.bodyAsString();
  }

  /** A response that has begun, and its body, which is read from its beginning. */
  private record Begun(HttpClientResponse head, Future<Buffer> body) {}

  private static Begun open(String path, String... headers) {
    return await(
        Await.begun(
            vertx,
            () ->
                request(path, headers)
                    .compose(HttpClientRequest::send)
                    .map(head -> new Begun(head, head.body()))));
  }

  private static Future<HttpClientRequest> request(String path, String... headers) {
    return client
        .request(HttpMethod.GET, gateway.port(), "127.0.0.1", path)
        .onSuccess(
            request -> {
              for (int i = 0; i < headers.length; i += 2) {
                request.putHeader(headers[i], headers[i + 1]);
              }
            });
  }

  @Test
  void aMissIsStoredAndTheNextOneIsAHit() {
    page("/hit", "Cache-Control", "max-age=60", "X-Own", "1");
    HttpResponse<Buffer> miss = gateway.get("/o/hit");
    assertEquals("Sluice; fwd=uri-miss; stored", status(miss));
    assertNull(miss.getHeader("Age"), "the origin has just made it (RFC 9111 §5.1)");
    HttpResponse<Buffer> hit = gateway.get("/o/hit", "X-Request-Id", "mine");
    assertTrue(status(hit).matches("Sluice; hit; ttl=(60|[345]\\d)"), status(hit));
    assertEquals("body 1", text(hit));
    assertEquals("1", hit.getHeader("X-Own"));
    assertEquals("mine", hit.getHeader("X-Request-Id"));
    assertEquals("1.1 Sluice", hit.getHeader("Via"));
    assertNotNull(hit.getHeader("Age"));
    assertEquals(miss.getHeader("Date"), hit.getHeader("Date"), "RFC 9110 §6.6.1");
    assertEquals(1, count("/hit"));
    assertEquals("body 2", text(gateway.get("/o/hit?a")) + "", "another URI");
  }

  @Test
  void theOriginIsAskedWhetherWhatIsStoredStillHolds() {
    page("/validate", "Cache-Control", "no-cache", "ETag", "\"v\"");
    assertEquals("body 1", text(gateway.get("/o/validate")));
    HttpResponse<Buffer> again = gateway.get("/o/validate");
    assertEquals(200, again.statusCode());
    assertEquals("body 1", text(again));
    assertTrue(status(again).contains("; fwd-status=304"), status(again));
    assertNull(again.getHeader("Age"));
    assertEquals("\"v\"", last("/validate").getHeader("If-None-Match"));
    page("/validate", "Cache-Control", "no-cache", "ETag", "\"w\"");
    HttpResponse<Buffer> changed = gateway.get("/o/validate", "If-None-Match", "\"x\"");
    assertEquals("\"w\"", changed.getHeader("ETag"));
    assertEquals("\"v\"", last("/validate").getHeader("If-None-Match"), "what is stored is asked");
  }

  @Test
  void aClientThatHasItAlreadyIsToldSo() {
    page("/has", "Cache-Control", "max-age=60", "ETag", "\"h\"", "Content-Type", "text/plain");
    HttpResponse<Buffer> first = gateway.get("/o/has", "If-None-Match", "\"h\"");
    assertEquals(304, first.statusCode());
    assertNull(last("/has").getHeader("If-None-Match"), "the whole is fetched, to be stored");
    gateway.until("stored", () -> status(gateway.get("/o/has")).contains("hit"));
    HttpResponse<Buffer> second = gateway.get("/o/has", "If-None-Match", "W/\"h\"");
    assertEquals(304, second.statusCode());
    assertEquals("\"h\"", second.getHeader("ETag"));
    assertEquals("max-age=60", second.getHeader("Cache-Control"));
    assertNull(second.getHeader("Content-Type"));
    assertEquals("body 1", text(gateway.get("/o/has", "If-None-Match", "\"i\"")));
  }

  @Test
  void aHeadIsAnsweredByWhatIsStored() {
    page("/head", "Cache-Control", "max-age=60");
    HttpResponse<Buffer> miss = gateway.send(HttpMethod.HEAD, "/o/head", null);
    assertEquals("Sluice; fwd=uri-miss", status(miss));
    assertEquals(HttpMethod.HEAD, last("/head").method());
    gateway.get("/o/head");
    HttpResponse<Buffer> hit = gateway.send(HttpMethod.HEAD, "/o/head", null, "Range", "bytes=0-1");
    assertEquals(200, hit.statusCode(), "ranges are of GET alone (RFC 9110 §14.2)");
    assertEquals("6", hit.getHeader("Content-Length"));
    assertNull(hit.body());
    assertEquals(2, count("/head"));
  }

  @Test
  void whatAHeadRenewsForAllSaysNothingOfTheOneWhoAsked() {
    pages.put(
        "/renew",
        request -> {
          String age = request.method() == HttpMethod.HEAD ? "max-age=60" : "max-age=0";
          String echo = String.valueOf(request.getHeader("X-Host"));
          reply(request, "x", "Cache-Control", age, "ETag", "\"h\"", "X-Echo", echo);
        });
    gateway.get("/o/renew");
    gateway.send(HttpMethod.HEAD, "/o/renew", null, "X-Host", "evil");
    HttpResponse<Buffer> renewed = gateway.get("/o/renew");
    assertTrue(status(renewed).contains("hit"), status(renewed));
    assertEquals("null", renewed.getHeader("X-Echo"));
  }

  @Test
  void partsOfWhatIsStored() {
    page("/part", "Cache-Control", "max-age=60", "ETag", "\"p\"");
    HttpResponse<Buffer> first = gateway.get("/o/part", "Range", "bytes=0-3");
    assertEquals("Sluice; fwd=bypass; detail=range", status(first));
    assertEquals("bytes=0-3", last("/part").getHeader("Range"));
    gateway.get("/o/part");
    HttpResponse<Buffer> part = gateway.get("/o/part", "Range", "bytes=0-3", "If-Range", "\"p\"");
    assertEquals(206, part.statusCode());
    assertEquals("body", text(part));
    assertEquals("bytes 0-3/6", part.getHeader("Content-Range"));
    assertEquals("4", part.getHeader("Content-Length"));
    assertEquals(
        200, gateway.get("/o/part", "Range", "bytes=0-3", "If-Range", "\"q\"").statusCode());
    HttpResponse<Buffer> beyond = gateway.get("/o/part", "Range", "bytes=99-");
    assertEquals(416, beyond.statusCode());
    assertEquals("bytes */6", beyond.getHeader("Content-Range"));
    assertEquals(
        "no-store", beyond.getHeader("Cache-Control"), "no cache may take it for the page");
    assertNull(beyond.getHeader("ETag"));
    assertEquals(2, count("/part"));
  }

  @Test
  void onlyIfCached() {
    page("/only", "Cache-Control", "max-age=60");
    HttpResponse<Buffer> none = gateway.get("/o/only", "Cache-Control", "only-if-cached");
    assertEquals(504, none.statusCode());
    assertEquals("NOT_CACHED", error(none).getString("code"));
    assertEquals("Sluice; detail=only-if-cached", status(none));
    assertEquals(0, count("/only"));
    gateway.get("/o/only");
    assertEquals(200, gateway.get("/o/only", "Cache-Control", "only-if-cached").statusCode());
  }

  @Test
  void variantsAreToldApart() {
    pages.put(
        "/vary",
        request ->
            reply(
                request,
                "in " + request.getHeader("Accept-Language"),
                "Cache-Control",
                "max-age=60",
                "Vary",
                "Accept-Language"));
    gateway.get("/o/vary", "Accept-Language", "de");
    HttpResponse<Buffer> other = gateway.get("/o/vary", "Accept-Language", "fr");
    assertEquals("Sluice; fwd=vary-miss; stored", status(other));
    for (String language : new String[] {"de", "fr", "DE"}) {
      HttpResponse<Buffer> hit = gateway.get("/o/vary", "Accept-Language", language);
      assertEquals("in " + language.toLowerCase(), text(hit));
      assertTrue(status(hit).contains("hit"));
    }
    assertEquals(2, count("/vary"));
  }

  @Test
  void waitersForAnotherVariantAreNotServedTheFirst() {
    Promise<HttpServerRequest> there = Promise.promise();
    pages.put(
        "/race",
        request -> {
          if (!there.tryComplete(request)) answerByLanguage(request);
        });
    var de = gateway.sendAsync(HttpMethod.GET, "/o/race", null, "Accept-Language", "de");
    HttpServerRequest held = await(there.future());
    var fr = gateway.sendAsync(HttpMethod.GET, "/o/race", null, "Accept-Language", "fr");
    page("/race-marker", "Cache-Control", "no-store");
    gateway.get("/o/race-marker");
    vertx.runOnContext(v -> answerByLanguage(held));
    assertEquals("in de", text(await(de)));
    assertEquals("in fr", text(await(fr)));
  }

  @Test
  void waitersForOtherVariantsAreFetchedOnceForEach() {
    Promise<HttpServerRequest> there = Promise.promise();
    pages.put(
        "/crowd",
        request -> {
          if (!there.tryComplete(request)) vertx.setTimer(100, t -> answerByLanguage(request));
        });
    List<Future<HttpResponse<Buffer>>> all = new ArrayList<>();
    String[] languages = {"de", "fr", "it"};
    for (int i = 0; i < 60; i++) {
      String language = languages[i % 3];
      all.add(gateway.sendAsync(HttpMethod.GET, "/o/crowd", null, "Accept-Language", language));
      if (i == 0) await(there.future());
    }
    page("/crowd-marker", "Cache-Control", "no-store");
    gateway.get("/o/crowd-marker");
    vertx.runOnContext(v -> answerByLanguage(there.future().result()));
    for (int i = 0; i < 60; i++) assertEquals("in " + languages[i % 3], text(await(all.get(i))));
    assertEquals(3, count("/crowd"));
  }

  private static void answerByLanguage(HttpServerRequest request) {
    String body = "in " + request.getHeader("Accept-Language");
    reply(request, body, "Cache-Control", "max-age=60", "Vary", "Accept-Language");
  }

  @Test
  void aWriteMakesStaleWhatItIsAbout() {
    for (String path : new String[] {"/w", "/w/location", "/w/content", "/w/other"}) {
      page(path, "Cache-Control", "max-age=60");
      gateway.get("/o" + path);
    }
    String upstreams = "http://127.0.0.1:9/w/other";
    pages.put(
        "/w",
        request -> {
          if (request.method() == HttpMethod.GET) {
            reply(request, "new", "Cache-Control", "max-age=60");
          } else if (request.getHeader("Fail") != null) {
            request.response().setStatusCode(500).end();
          } else if (request.getHeader("Elsewhere") != null) {
            reply(request, "", "Location", upstreams);
          } else {
            reply(request, "", "Location", "/w/location", "Content-Location", "w/content");
          }
        });
    gateway.send(HttpMethod.POST, "/o/w", Buffer.buffer("x"), "Fail", "1");
    assertEquals("body 1", text(gateway.get("/o/w")), "nothing has changed");
    HttpResponse<Buffer> sent = gateway.send(HttpMethod.DELETE, "/o/w", null, "Elsewhere", "1");
    assertEquals("Sluice; fwd=method", status(sent));
    assertEquals("new", text(gateway.get("/o/w")));
    assertEquals("body 1", text(gateway.get("/o/w/other")), "another origin's");
    gateway.send(HttpMethod.POST, "/o/w", Buffer.buffer("x"));
    assertEquals("body 2", text(gateway.get("/o/w/location")));
    assertEquals("body 2", text(gateway.get("/o/w/content")));
    gateway.send(HttpMethod.OPTIONS, "/o/w/other", null);
    assertEquals(2, count("/w/other"));
    assertTrue(status(gateway.get("/o/w/other")).contains("hit"), "OPTIONS is safe");
  }

  @Test
  void aWriteMakesGroupsStale() {
    for (String path : new String[] {"/g/1", "/g/2"}) {
      String group = path.equals("/g/1") ? "\"one\", \"all\"" : "\"two\"";
      page(path, "Cache-Control", "max-age=60", "Cache-Groups", group);
      gateway.get("/o" + path);
    }
    page("/g", "Cache-Group-Invalidation", "\"all\"");
    gateway.get("/o/g");
    assertEquals("body 1", text(gateway.get("/o/g/1")), "a GET invalidates nothing (RFC 9875 §3)");
    gateway.send(HttpMethod.POST, "/o/g", Buffer.buffer("x"));
    long then = System.currentTimeMillis(); // what is asked for in the same one may be older
    gateway.until("a millisecond has passed", () -> System.currentTimeMillis() > then + 1);
    assertEquals("body 2", text(gateway.get("/o/g/1")));
    assertEquals("body 1", text(gateway.get("/o/g/2")));
    assertTrue(status(gateway.get("/o/g/1")).contains("hit"));
  }

  @Test
  void whatAWriteHasOvertakenIsNotStored() {
    Promise<HttpServerRequest> slow = Promise.promise();
    pages.put("/overtaken", slow::complete);
    var before = gateway.sendAsync(HttpMethod.GET, "/o/overtaken", null);
    HttpServerRequest held = await(slow.future());
    pages.put("/overtaken", request -> reply(request, "new", "Cache-Control", "max-age=60"));
    gateway.send(HttpMethod.PUT, "/o/overtaken", Buffer.buffer("x"));
    assertEquals("new", text(gateway.get("/o/overtaken")), "and nobody joins it any more");
    vertx.runOnContext(v -> reply(held, "old", "Cache-Control", "max-age=60"));
    assertEquals("old", text(await(before)));
    assertEquals("new", text(gateway.get("/o/overtaken")));
  }

  @Test
  void whileItIsRefreshedTheStaleOneIsServedAtOnce() {
    page("/swr", "Cache-Control", "max-age=0, stale-while-revalidate=60");
    gateway.get("/o/swr");
    Promise<HttpServerRequest> refresh = Promise.promise();
    pages.put("/swr", refresh::complete);
    for (int i = 0; i < 20; i++) {
      HttpResponse<Buffer> stale = gateway.get("/o/swr");
      assertEquals("body 1", text(stale));
      assertTrue(status(stale).matches("Sluice; hit; ttl=(0|-\\d+)"), status(stale));
    }
    HttpServerRequest held = await(refresh.future());
    assertEquals(2, count("/swr"), "one refreshes for all");
    vertx.runOnContext(v -> reply(held, "fresh", "Cache-Control", "max-age=60"));
    gateway.until("refreshed", () -> text(gateway.get("/o/swr")).equals("fresh"));
    assertEquals(2, count("/swr"));
  }

  @Test
  void anErrorIsBridgedWhereThatIsAllowed() {
    for (String path : new String[] {"/sie", "/nosie"}) {
      String more = path.equals("/sie") ? ", stale-if-error=60" : "";
      page(path, "Cache-Control", "max-age=0" + more, "ETag", "\"e\"");
      gateway.get("/o" + path);
      pages.put(path, request -> request.response().setStatusCode(503).end("down"));
    }
    HttpResponse<Buffer> bridged = gateway.get("/o/sie");
    assertEquals(200, bridged.statusCode());
    assertEquals("body 1", text(bridged));
    assertEquals("Sluice; fwd=stale; fwd-status=503; detail=stale-if-error", status(bridged));
    assertNotNull(bridged.getHeader("Age"), "it was not validated");
    assertEquals(503, gateway.get("/o/nosie").statusCode());
  }

  @Test
  void anUpstreamThatIsAwayIsBridgedUnlessForbidden() {
    page("/leaving/may", "Cache-Control", "max-age=0", "ETag", "\"e\"");
    page("/leaving/must", "Cache-Control", "max-age=0, must-revalidate", "ETag", "\"e\"");
    gateway.get("/leaving/may");
    gateway.get("/leaving/must");
    second.kill();
    HttpResponse<Buffer> bridged = gateway.get("/leaving/may");
    assertEquals(200, bridged.statusCode());
    assertEquals("Sluice; fwd=stale; detail=stale-if-error", status(bridged));
    HttpResponse<Buffer> refused = gateway.get("/leaving/must");
    assertEquals(502, refused.statusCode());
    assertTrue(status(refused).startsWith("Sluice; fwd="), status(refused));
    assertEquals(502, gateway.get("/leaving/never").statusCode());
  }

  @Test
  void aStaleOneStandsInForHeadAndRangesToo() {
    page("/sie/parts", "Cache-Control", "max-age=0, stale-if-error=60", "ETag", "\"e\"");
    gateway.get("/o/sie/parts");
    pages.put("/sie/parts", request -> request.response().setStatusCode(503).end("down"));
    HttpResponse<Buffer> part = gateway.get("/o/sie/parts", "Range", "bytes=0-3");
    assertEquals(206, part.statusCode());
    assertEquals("body", text(part));
    assertEquals("Sluice; fwd=stale; fwd-status=503; detail=stale-if-error", status(part));
    assertEquals(200, await(gateway.sendAsync(HttpMethod.HEAD, "/o/sie/parts", null)).statusCode());
  }

  @Test
  void aWriteMakesStaleWhatItsClientIsSentTo() {
    for (String location : new String[] {"/sent", "/o/sent"}) {
      page("/sent", "Cache-Control", "max-age=60");
      gateway.get("/o/sent");
      assertEquals("hit", status(gateway.get("/o/sent")).split("[ ;]+")[1]);
      pages.put("/w/sent", request -> reply(request, "", "Location", location));
      await(gateway.sendAsync(HttpMethod.POST, "/o/w/sent", Buffer.buffer("x")));
      assertFalse(status(gateway.get("/o/sent")).contains("hit"), location);
    }
  }

  @Test
  void aThousandEqualColdRequestsAreOne() {
    Promise<HttpServerRequest> there = Promise.promise();
    pages.put("/thousand", there::complete);
    List<Future<HttpResponse<Buffer>>> all = new ArrayList<>();
    for (int i = 0; i < 1000; i++) all.add(gateway.sendAsync(HttpMethod.GET, "/o/thousand", null));
    HttpServerRequest held = await(there.future());
    page("/thousand-marker", "Cache-Control", "no-store");
    open("/o/thousand-marker");
    byte[] bytes = new byte[100_000];
    new Random(1).nextBytes(bytes);
    Buffer body = Buffer.buffer(bytes);
    vertx.runOnContext(v -> held.response().putHeader("Cache-Control", "max-age=60").end(body));
    int collapsed = 0;
    for (Future<HttpResponse<Buffer>> one : all) {
      HttpResponse<Buffer> answer = await(one);
      assertEquals(200, answer.statusCode());
      assertTrue(body.equals(answer.body()), "byte for byte");
      if (status(answer).contains("; collapsed")) collapsed++;
    }
    assertEquals(1, count("/thousand"));
    assertTrue(collapsed > 0, "some waited");
  }

  @Test
  void whoComesInTheMiddleGetsTheBeginningAtOnce() {
    Promise<HttpServerRequest> there = Promise.promise();
    pages.put(
        "/middle",
        request -> {
          request.response().setChunked(true).putHeader("Cache-Control", "max-age=60");
          request.response().write("first,");
          there.complete(request);
        });
    for (HttpVersion version : new HttpVersion[] {HttpVersion.HTTP_1_1, HttpVersion.HTTP_2}) {
      HttpClient own = client(version);
      Promise<Buffer> first = Promise.promise();
      Buffer whole = Buffer.buffer();
      Promise<Void> ended = Promise.promise();
      HttpClientResponse answer =
          await(
              Await.begun(
                  gateway.vertx(),
                  () ->
                      own.request(HttpMethod.GET, gateway.port(), "127.0.0.1", "/o/middle")
                          .compose(HttpClientRequest::send)
                          .onSuccess(
                              head -> {
                                head.handler(
                                    part -> {
                                      whole.appendBuffer(part);
                                      first.tryComplete(part);
                                    });
                                head.endHandler(ended::complete);
                              })));
      assertEquals("first,", await(first.future()).toString());
      if (version == HttpVersion.HTTP_1_1) continue;
      String status = status(answer.headers().getAll("cache-status"));
      assertEquals("Sluice; fwd=uri-miss; collapsed; stored", status);
      assertFalse(ended.future().isComplete());
      HttpServerRequest held = await(there.future());
      vertx.runOnContext(v -> held.response().end("last"));
      await(ended.future());
      assertEquals("first,last", whole.toString());
    }
    assertEquals("first,last", text(gateway.get("/o/middle")));
    assertEquals(1, count("/middle"));
  }

  private static HttpClient client(HttpVersion version) {
    return gateway
        .vertx()
        .createHttpClient(
            new HttpClientOptions().setProtocolVersion(version).setHttp2ClearTextUpgrade(false));
  }

  @Test
  void whenTheFirstLeavesTheOthersGetAll() {
    Promise<HttpServerRequest> there = Promise.promise();
    pages.put(
        "/leader",
        request -> {
          request.response().setChunked(true).putHeader("Cache-Control", "max-age=60").write("a");
          there.complete(request);
        });
    HttpClientRequest leader = await(request("/o/leader"));
    HttpClientResponse begun = await(leader.send());
    HttpServerRequest held = await(there.future());
    Future<Buffer> rest = open("/o/leader").body();
    begun.request().reset();
    vertx.runOnContext(v -> held.response().end("b"));
    assertEquals("ab", await(rest).toString());
    assertEquals(1, count("/leader"));
    assertTrue(status(gateway.get("/o/leader")).contains("hit"));
  }

  @Test
  void whenAllLeaveTheUpstreamIsToldSo() {
    Promise<Void> gone = Promise.promise();
    Promise<Void> there = Promise.promise();
    pages.put(
        "/all-leave",
        request -> {
          request.response().closeHandler(closed -> gone.tryComplete());
          there.tryComplete();
        });
    List<HttpClientRequest> all = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      HttpClientRequest one = await(request("/o/all-leave"));
      one.send();
      all.add(one);
    }
    await(there.future());
    page("/leave-marker", "Cache-Control", "no-store");
    gateway.get("/o/leave-marker");
    all.forEach(HttpClientRequest::reset);
    await(gone.future());
    page("/all-leave", "Cache-Control", "max-age=60");
    assertEquals("body 1", text(gateway.get("/o/all-leave")), "and nobody waits for it");
  }

  @Test
  void whatIsTooLargeIsPassedOnToAllWhoWait() {
    byte[] bytes = new byte[2 * MAX_ENTRY];
    new Random(2).nextBytes(bytes);
    Promise<HttpServerRequest> there = Promise.promise();
    pages.put(
        "/large",
        request -> {
          request.response().setChunked(true).putHeader("Cache-Control", "max-age=60");
          request.response().write(Buffer.buffer(bytes).slice(0, 10));
          there.complete(request);
        });
    List<Future<Buffer>> bodies = new ArrayList<>();
    for (int i = 0; i < 3; i++) bodies.add(open("/o/large").body());
    HttpServerRequest held = await(there.future());
    vertx.runOnContext(v -> held.response().end(Buffer.buffer(bytes).slice(10, bytes.length)));
    int whole = 0;
    for (Future<Buffer> body : bodies) {
      gateway.until("an end", body::isComplete);
      if (body.failed()) continue; // it fell behind, and can tell
      assertTrue(Buffer.buffer(bytes).equals(body.result()), "byte for byte");
      whole++;
    }
    assertTrue(whole > 0);
    assertEquals(1, count("/large"));
    page("/large", "Cache-Control", "no-store");
    assertEquals("body 1", text(gateway.get("/o/large")), "it was not stored");
  }

  @Test
  void aSlowReaderHoldsNobodyUpAndGetsAll() {
    byte[] bytes = new byte[MAX_ENTRY];
    new Random(3).nextBytes(bytes);
    Promise<HttpServerRequest> there = Promise.promise();
    pages.put(
        "/beside",
        request -> {
          request.response().setChunked(true).putHeader("Cache-Control", "max-age=60");
          request.response().write(Buffer.buffer(bytes).slice(0, 10));
          there.complete(request);
        });
    HttpClientResponse slow =
        await(
            Await.begun(
                vertx,
                () ->
                    request("/o/beside")
                        .compose(HttpClientRequest::send)
                        .onSuccess(HttpClientResponse::pause)));
    Future<Buffer> fast = open("/o/beside").body();
    HttpServerRequest held = await(there.future());
    vertx.runOnContext(v -> held.response().end(Buffer.buffer(bytes).slice(10, bytes.length)));
    assertTrue(Buffer.buffer(bytes).equals(await(fast)), "byte for byte");
    assertTrue(metric("cache_http_held ") > 0, "the slow one still has it to come");
    Future<Buffer> late = slow.body();
    slow.resume();
    assertTrue(Buffer.buffer(bytes).equals(await(late)), "byte for byte");
    assertEquals(1, count("/beside"));
  }

  @Test
  void whatCannotBeStoredIsNotSerialised() {
    page("/never", "Cache-Control", "no-store");
    assertEquals("Sluice; fwd=uri-miss", status(gateway.get("/o/never")));
    List<HttpServerRequest> held = new CopyOnWriteArrayList<>();
    pages.put("/never", held::add);
    List<Future<HttpResponse<Buffer>>> all = new ArrayList<>();
    for (int i = 0; i < 5; i++) all.add(gateway.sendAsync(HttpMethod.GET, "/o/never", null));
    gateway.until("all held", () -> held.size() == 5);
    vertx.runOnContext(
        v -> held.forEach(request -> reply(request, "x", "Cache-Control", "no-store")));
    all.forEach(one -> assertEquals(200, await(one).statusCode()));
  }

  @Test
  void nobodyGetsAnothersCookieForAskingAtTheSameTime() {
    List<HttpServerRequest> held = new CopyOnWriteArrayList<>();
    pages.put("/cookie", held::add);
    List<Future<HttpResponse<Buffer>>> all = new ArrayList<>();
    for (int i = 0; i < 4; i++) all.add(gateway.sendAsync(HttpMethod.GET, "/o/cookie", null));
    gateway.until("one is held", () -> !held.isEmpty());
    page("/cookie-marker", "Cache-Control", "no-store");
    gateway.get("/o/cookie-marker");
    AtomicInteger user = new AtomicInteger();
    Consumer<HttpServerRequest> answer =
        request ->
            reply(
                request,
                "x",
                "ETag",
                "\"same\"",
                "Set-Cookie",
                "session=" + user.incrementAndGet());
    pages.put("/cookie", answer);
    vertx.runOnContext(v -> held.forEach(answer));
    Set<String> cookies = new HashSet<>();
    for (Future<HttpResponse<Buffer>> one : all) cookies.add(await(one).getHeader("Set-Cookie"));
    assertEquals(4, cookies.size(), cookies.toString());
    assertEquals("session=5", gateway.get("/o/cookie").getHeader("Set-Cookie"), "nor later");
  }

  @Test
  void whatOneUserOnlyMayHaveStaysWithHim() {
    String control = "max-age=60, private=\"set-cookie\"";
    page("/withheld", "Cache-Control", control, "Set-Cookie", "a=b", "ETag", "\"e\"");
    assertEquals("a=b", gateway.get("/o/withheld").getHeader("Set-Cookie"));
    assertNull(gateway.get("/o/withheld").getHeader("Set-Cookie"));
    String again = gateway.get("/o/withheld", "Cache-Control", "no-cache").getHeader("Set-Cookie");
    assertEquals("a=b", again, "of the 304 it was asked for");
    assertNull(gateway.get("/o/withheld").getHeader("Set-Cookie"), "and still nobody else's");
  }

  @Test
  void aCookieOfA304IsTheOnesWhoAsked() {
    page("/304", "ETag", "\"e\"");
    gateway.get("/o/304");
    page("/304", "ETag", "\"e\"", "Set-Cookie", "a=b");
    assertEquals("a=b", gateway.get("/o/304").getHeader("Set-Cookie"));
    page("/304", "ETag", "\"e\"");
    HttpResponse<Buffer> other = gateway.get("/o/304");
    assertEquals("body 1", text(other));
    assertNull(other.getHeader("Set-Cookie"));
  }

  @Test
  void anAnswerThatIsNotForAllIsAskedForAnew() {
    page("/private", "Cache-Control", "private, max-age=60");
    assertEquals("body 1", text(gateway.get("/o/private")));
    assertEquals("body 2", text(gateway.get("/o/private")));
    page("/token", "Cache-Control", "max-age=60");
    gateway.get("/o/token", "Authorization", "Bearer one");
    assertEquals("body 2", text(gateway.get("/o/token")), "nothing of his was stored");
    assertEquals("body 3", text(gateway.get("/o/token", "Authorization", "Bearer two")));
    page("/open", "Cache-Control", "public, max-age=60");
    gateway.get("/o/open", "Authorization", "Bearer one");
    assertEquals("body 1", text(gateway.get("/o/open")));
  }

  @Test
  void halfABodyIsNotStored() {
    for (String length : new String[] {"1000", null}) {
      String path = "/half/" + length;
      pages.put(
          path,
          request -> {
            request.response().putHeader("Cache-Control", "max-age=60");
            if (length == null) request.response().setChunked(true);
            else request.response().putHeader("Content-Length", length);
            request.response().write("half").onComplete(w -> request.connection().close());
          });
      Future<HttpResponse<Buffer>> broken = gateway.sendAsync(HttpMethod.GET, "/o" + path, null);
      gateway.until("an end", broken::isComplete);
      assertTrue(broken.failed(), "length " + length);
      page(path, "Cache-Control", "max-age=60");
      assertEquals("body 1", text(gateway.get("/o" + path)));
    }
  }

  @Test
  void anErrorReachesAllWhoWait() {
    List<HttpServerRequest> held = new CopyOnWriteArrayList<>();
    pages.put("/broken", held::add);
    List<Future<HttpResponse<Buffer>>> all = new ArrayList<>();
    for (int i = 0; i < 5; i++) all.add(gateway.sendAsync(HttpMethod.GET, "/o/broken", null));
    gateway.until("one is held", () -> !held.isEmpty());
    page("/broken-marker", "Cache-Control", "no-store");
    gateway.get("/o/broken-marker");
    pages.put("/broken", request -> request.connection().close());
    vertx.runOnContext(v -> held.forEach(request -> request.connection().close()));
    for (Future<HttpResponse<Buffer>> one : all) assertEquals(502, await(one).statusCode());
    page("/broken", "Cache-Control", "max-age=60");
    assertEquals("body 1", text(gateway.get("/o/broken")), "and nothing is left of it");
  }

  @Test
  void theNameOfAnotherIsNoWayIntoHisPages() {
    pages.put(
        "/name",
        request -> {
          String host = request.getHeader("X-Forwarded-Host");
          String other = request.getHeader("X-Forwarded-Port") + request.getHeader("X-Host");
          reply(request, host + " " + other, "Cache-Control", "max-age=60");
        });
    RequestOptions options =
        new RequestOptions()
            .setServer(
                io.vertx.core.net.SocketAddress.inetSocketAddress(gateway.port(), "127.0.0.1"))
            .setHost("evil.example")
            .setPort(80)
            .setURI("/o/name");
    Future<HttpClientResponse> two =
        client(HttpVersion.HTTP_2)
            .request(options)
            .compose(
                request -> {
                  request.putHeader("host", "127.0.0.1:" + gateway.port());
                  return request.send();
                });
    gateway.until("an end", two::isComplete);
    assertTrue(two.failed() || two.result().statusCode() == 400, "two names are none");
    String mine = text(gateway.get("/o/name", "X-Forwarded-Port", "666", "X-Host", "evil"));
    assertEquals("127.0.0.1:" + gateway.port() + " nullnull", mine);
  }

  @Test
  void whatAnotherRouteHasMadeOfItIsNoOnesHit() {
    page("/view", "Cache-Control", "max-age=60", "X-Secret", "s");
    assertEquals("body 1", text(gateway.get("/o/view")));
    HttpResponse<Buffer> other = gateway.get("/same/view");
    assertEquals("body 2", text(other));
    assertEquals("two", last("/view").getHeader("X-Env"));
    assertNull(other.getHeader("X-Secret"));
    assertEquals("body 2", text(gateway.get("/same/view")));
    HttpResponse<Buffer> first = gateway.get("/o/view");
    assertEquals("body 1", text(first));
    assertEquals("s", first.getHeader("X-Secret"));
    gateway.send(HttpMethod.POST, "/o/view", null);
    assertEquals("body 4", text(gateway.get("/same/view")), "it is stale by either way");
    assertEquals("body 5", text(gateway.get("/o/view")));
  }

  @Test
  void aGetThatMeansSomethingElseIsNotStored() {
    page("/disguised", "Cache-Control", "max-age=60");
    HttpResponse<Buffer> passed = gateway.get("/o/disguised", "X-HTTP-Method-Override", "DELETE");
    assertEquals("Sluice; fwd=bypass; detail=method-or-url-override", status(passed));
    gateway.get("/o/disguised", "X_HTTP-Method_Override", "DELETE");
    assertEquals("body 3", text(gateway.get("/o/disguised")));
    page("/fat", "Cache-Control", "max-age=60");
    HttpResponse<Buffer> fat = gateway.send(HttpMethod.GET, "/o/fat", Buffer.buffer("x"));
    assertEquals("Sluice; fwd=bypass", status(fat));
    assertEquals("body 2", text(gateway.get("/o/fat")));
  }

  @Test
  void anHttp2ClientGetsWhatAnotherHasStored() {
    page("/two", "Cache-Control", "max-age=60");
    gateway.get("/o/two");
    HttpClientResponse answer =
        await(
            client(HttpVersion.HTTP_2)
                .request(HttpMethod.GET, gateway.port(), "127.0.0.1", "/o/two")
                .compose(HttpClientRequest::send));
    assertEquals(200, answer.statusCode());
    assertTrue(status(answer.headers().getAll("cache-status")).contains("hit"));
    assertEquals(1, count("/two"));
  }

  @Test
  void aBrokenTargetedFieldHarmsNobody() {
    String[] fields = {"max-age=1,,", "\u00e9", "a=\"", "=", "(", ";", "a=:x:", "a=1.2.3"};
    for (int i = 0; i < fields.length; i++) {
      String path = "/targeted/" + i;
      page(path, "Cache-Control", "max-age=60", "CDN-Cache-Control", fields[i]);
      assertEquals(200, gateway.get("/o" + path).statusCode(), fields[i]);
    }
  }

  @Test
  void whatBecameOfRequestsIsCounted() {
    page("/counted", "Cache-Control", "max-age=60");
    double hits = counter("hit");
    double misses = counter("miss");
    double bypasses = counter("bypass");
    gateway.get("/o/counted");
    gateway.get("/o/counted");
    gateway.get("/o/counted");
    gateway.send(HttpMethod.POST, "/o/counted", Buffer.buffer("x"));
    assertEquals(hits + 2, counter("hit"));
    assertEquals(misses + 1, counter("miss"));
    assertEquals(bypasses + 1, counter("bypass"));
  }

  private static double counter(String result) {
    return metric("cache_http_requests_total{result=\"" + result + "\"} ");
  }

  private static double metric(String name) {
    return gateway
        .get("/metrics")
        .bodyAsString()
        .lines()
        .filter(line -> line.startsWith(name))
        .mapToDouble(line -> Double.parseDouble(line.substring(name.length())))
        .findFirst()
        .orElseThrow();
  }
}
