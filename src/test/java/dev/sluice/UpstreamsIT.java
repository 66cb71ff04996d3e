package dev.sluice;

import static dev.sluice.harness.RunningGateway.await;
import static dev.sluice.harness.RunningGateway.error;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.harness.RunningGateway;
import dev.sluice.harness.ToyTarget;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.client.HttpResponse;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** An upstream of several targets, which come, go and hang. */
class UpstreamsIT {
  private static final String THREE = "{ url: '%s' }, { url: '%s' }, { url: '%s' }";

  /** What each of them is configured as, by name; every one has three targets of its own. */
  private static final Map<String, String> UPSTREAMS =
      Map.ofEntries(
          scene("weights", "{ url: '%s', weight: 3 }, { url: '%s' }, { url: '%s', weight: 0 }"),
          scene("slow", "{ url: '%s' }, { url: '%s' }, { url: '%s', weight: 0 }"),
          scene("killed", THREE, "ejection: { duration: 100ms }"),
          scene("broken", THREE),
          scene("put", THREE),
          scene("post", THREE),
          scene("frozen", THREE, "ejection: { duration: 100ms }"),
          scene("lives", THREE, "ejection: { silence: 1s }"),
          scene("statuses", THREE, "retry: { statuses: [503] }"),
          scene("once", THREE, "retry: { attempts: 0 }"),
          scene("away", THREE),
          scene("seen", THREE, "ejection: { failures: 1 }"),
          scene("checked", THREE, "health: { path: /up, interval: 50ms, rise: 1, fall: 1 }"));

  private static final Vertx vertx = Vertx.vertx();
  private static final Map<String, List<ToyTarget>> TARGETS = new HashMap<>();
  private static RunningGateway gateway;
  private String upstream;
  private ToyTarget a;
  private ToyTarget b;
  private ToyTarget c;

  @BeforeAll
  static void start() {
    StringBuilder upstreams = new StringBuilder("upstreams:\n");
    StringBuilder routes = new StringBuilder("routes:\n");
    UPSTREAMS.forEach(
        (name, settings) -> {
          List<ToyTarget> three =
              Stream.of("a", "b", "c").map(toy -> new ToyTarget(vertx, toy)).toList();
          TARGETS.put(name, three);
          Object[] urls = three.stream().map(ToyTarget::url).toArray();
          upstreams.append("  " + name + ": { " + settings.formatted(urls) + " }\n");
          String path = "/" + name;
          routes.append(
              "  - { path: \"%s/**\", upstream: %s, stripPrefix: %s }\n"
                  .formatted(path, name, path));
        });
    gateway = new RunningGateway(Map.of(), upstreams.toString() + routes);
  }

  private static Map.Entry<String, String> scene(String name, String targets, String... more) {
    return Map.entry(name, "targets: [" + targets + "], " + String.join(", ", more));
  }

  @AfterAll
  static void stop() {
    gateway.close();
    await(vertx.close());
  }

  @AfterEach
  void nothingIsLeftUnderWay() {
    gateway.until(
        "all links are given back",
        () ->
            gateway
                .get("/metrics")
                .bodyAsString()
                .lines()
                .filter(line -> line.startsWith("upstream_requests_active{"))
                .allMatch(line -> line.endsWith(" 0.0")));
  }

  private void at(String upstream) {
    this.upstream = upstream;
    a = TARGETS.get(upstream).get(0);
    b = TARGETS.get(upstream).get(1);
    c = TARGETS.get(upstream).get(2);
  }

  @Test
  void eachHasItsShareAndTheDrainedOneNone() {
    at("weights");
    Map<String, Integer> shares = new HashMap<>();
    for (int i = 0; i < 40; i++) shares.merge(get(), 1, Integer::sum);
    assertEquals(Map.of("a", 30, "b", 10), shares);
  }

  @Test
  void theSlowOneIsLeftAlone() {
    at("slow");
    Promise<HttpServerRequest> held = Promise.promise();
    a.answer(held::complete);
    List<Future<HttpResponse<Buffer>>> all = new ArrayList<>();
    while (!held.future().isComplete()) {
      all.add(gateway.sendAsync(HttpMethod.GET, "/slow/x", null));
      await(Future.any(held.future(), all.get(all.size() - 1)));
    }
    for (int i = 0; i < 20; i++) assertEquals("b", get());
    assertEquals(1, a.asked().size(), "it holds one, and so is not given another");
    a.sayName(held.future().result());
    all.forEach(answer -> assertEquals(200, await(answer).statusCode()));
  }

  @Test
  void noGetFailsWhenATargetIsKilledAndItComesBack() {
    at("killed");
    assertEquals(0, failures(300));
    a.kill();
    assertEquals(0, failures(600));
    gateway.until("a is out", () -> used(a) == 0);
    int before = a.asked().size();
    assertEquals(0, failures(50));
    assertEquals(before, a.asked().size());
    a.start();
    gateway.until("a is asked again", () -> failures(6) == 0 && a.asked().size() > before);
    assertEquals("UP", component());
  }

  @Test
  void connectionsThatBreakAreRetriedWhereThatDoesNoHarm() {
    at("broken");
    a.answer(request -> request.connection().close());
    for (int i = 0; i < 30; i++) assertEquals(200, gateway.get("/" + upstream + "/x").statusCode());
    assertTrue(a.asked().size() > 0, "it has had its turn");
    for (HttpMethod method : List.of(HttpMethod.PUT, HttpMethod.POST)) {
      at(method.name().toLowerCase(Locale.ROOT));
      a.answer(request -> request.connection().close());
      int failed = 0;
      for (int i = 0; i < 30; i++) {
        Buffer body = Buffer.buffer("x");
        if (gateway.send(method, "/" + upstream + "/x", body).statusCode() == 502) failed++;
      }
      assertEquals(a.asked().size(), failed, method + " with a body is sent once");
      assertTrue(failed > 0, "it has had its turn");
    }
  }

  @Test
  void aFrozenTargetIsFoundAndItsGetsGoElsewhereButNoPostIsRepeated() {
    at("frozen");
    assertEquals(0, failures(60));
    a.freeze(true);
    List<Future<HttpResponse<Buffer>>> gets = new ArrayList<>();
    List<Future<HttpResponse<Buffer>>> posts = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      gets.add(gateway.sendAsync(HttpMethod.GET, "/frozen/get", null));
      posts.add(gateway.sendAsync(HttpMethod.POST, "/frozen/post" + i, Buffer.buffer("x")));
    }
    for (Future<HttpResponse<Buffer>> get : gets) assertEquals(200, await(get).statusCode());
    assertEquals(0, used(a));
    long held = a.asked().stream().filter(request -> request.uri().startsWith("/post")).count();
    assertTrue(held > 0, "some posts hang with it");
    assertEquals(12 - held, posts.stream().filter(Future::isComplete).count());
    List<String> elsewhere = new ArrayList<>();
    for (ToyTarget target : List.of(b, c)) {
      target.asked().forEach(request -> elsewhere.add(request.uri()));
    }
    for (HttpServerRequest request : a.asked()) {
      if (!request.uri().startsWith("/post")) continue;
      assertFalse(elsewhere.contains(request.uri()), request.uri() + " was repeated");
      a.sayName(request);
    }
    for (Future<HttpResponse<Buffer>> post : posts) assertEquals(200, await(post).statusCode());
    a.freeze(false);
    a.asked().clear();
    gateway.until("a is asked again", () -> failures(6) == 0 && !a.asked().isEmpty());
  }

  @Test
  void aSlowAnswerIsWaitedForWhereTheTargetLives() {
    at("lives");
    List<HttpServerRequest> held = new ArrayList<>();
    List<HttpServerRequest> probes = new CopyOnWriteArrayList<>();
    for (ToyTarget target : List.of(a, b, c)) {
      target.answer(
          request -> {
            if (request.method() == HttpMethod.OPTIONS) {
              probes.add(request);
              request.response().setStatusCode(405).end();
            } else {
              held.add(request);
            }
          });
    }
    Future<HttpResponse<Buffer>> slow = gateway.sendAsync(HttpMethod.GET, "/lives/slow", null);
    gateway.until("it was asked twice whether it lives", () -> probes.size() > 1);
    assertFalse(slow.isComplete());
    assertEquals(1, held.size(), "and the request was sent once");
    assertEquals(3, used(a) + used(b) + used(c));
    held.get(0).response().end("late");
    assertEquals("late", await(slow).bodyAsString());
  }

  @Test
  void statusesAreRetriedWhereThatIsSaid() {
    at("statuses");
    a.answer(request -> request.response().setStatusCode(503).end("no"));
    assertEquals(0, failures(30));
    assertTrue(a.asked().size() > 0, "it has had its turn");
    List.of(a, b, c).forEach(t -> t.answer(r -> r.response().setStatusCode(503).end("none")));
    assertEquals(
        "none", gateway.get("/" + upstream + "/x").bodyAsString(), "the last one's answer");
  }

  @Test
  void withoutRetriesAFailureIsShown() {
    at("once");
    a.kill();
    HttpResponse<Buffer> bad = null;
    for (int i = 0; i < 10 && (bad == null || bad.statusCode() == 200); i++) {
      bad = gateway.get("/" + upstream + "/x");
    }
    assertEquals(502, bad.statusCode());
    JsonObject details = error(bad).getJsonObject("details");
    assertEquals("connection_refused", details.getString("reason"));
    a.start();
  }

  @Test
  void activeChecksTakeOutWhoIsIllAndWhereAllAreAllAreUsed() {
    at("checked");
    fallIll(a);
    gateway.until("a is out", () -> used(a) == 0);
    for (int i = 0; i < 12; i++) assertFalse(get().equals("a"));
    assertEquals("DEGRADED", component());
    assertEquals(200, gateway.get("/readyz").statusCode());
    fallIll(b);
    fallIll(c);
    gateway.until("none is well", () -> component().equals("DOWN"));
    assertEquals(200, gateway.get("/readyz").statusCode(), "the rest of the gateway is well");
    assertEquals("DEGRADED", gateway.get("/health").bodyAsJsonObject().getString("status"));
    Map<String, Integer> shares = new HashMap<>();
    for (int i = 0; i < 12; i++) shares.merge(get(), 1, Integer::sum);
    assertEquals(Map.of("a", 4, "b", 4, "c", 4), shares, "all are used");
    a.answer(null);
    gateway.until("a is well", () -> used(a) == 1);
    assertEquals("a", get());
  }

  @Test
  void allBeingAwayIsA502AndNotALoop() {
    at("away");
    List.of(a, b, c).forEach(ToyTarget::kill);
    assertEquals(502, gateway.get("/" + upstream + "/x").statusCode());
    List.of(a, b, c).forEach(ToyTarget::start);
    gateway.until("they are found again", () -> failures(3) == 0);
  }

  @Test
  void anOperatorSeesTargetsAndWhatBecameOfThem() {
    at("seen");
    a.kill();
    failures(30);
    gateway.until("a is out", () -> used(a) == 0);
    String scraped = gateway.get("/metrics").bodyAsString();
    String labels = "{target=\"" + a.authority() + "\",upstream=\"" + upstream + "\"}";
    assertTrue(scraped.contains("upstream_requests_active" + labels + " 0"), scraped);
    assertTrue(scraped.contains("upstream_connections" + labels + " 0"), scraped);
    assertTrue(scraped.contains("upstream_ejections_total{reason=\"failures\""), scraped);
    assertTrue(scraped.contains("upstream_failures_total{error=\"connection_refused\""), scraped);
    assertTrue(scraped.contains("upstream_retries_total{upstream=\"" + upstream + "\"}"), scraped);
    a.start();
  }

  private static void fallIll(ToyTarget target) {
    target.answer(
        request -> {
          if (request.uri().equals("/up")) request.response().setStatusCode(500).end();
          else target.sayName(request);
        });
  }

  private String get() {
    return gateway.get("/" + upstream + "/x").bodyAsString();
  }

  /** Of so many GETs, ten at a time. */
  private int failures(int requests) {
    int failed = 0;
    for (int done = 0; done < requests; done += 10) {
      List<Future<HttpResponse<Buffer>>> some = new ArrayList<>();
      for (int i = 0; i < Math.min(10, requests - done); i++) {
        some.add(gateway.sendAsync(HttpMethod.GET, "/" + upstream + "/x", null));
      }
      for (Future<HttpResponse<Buffer>> answer : some) {
        if (await(answer).statusCode() != 200) failed++;
      }
    }
    return failed;
  }

  /** 1 where the gateway sends it requests. */
  private int used(ToyTarget target) {
    String line =
        "upstream_target_used{target=\""
            + target.authority()
            + "\",upstream=\""
            + upstream
            + "\"} ";
    String scraped = gateway.get("/metrics").bodyAsString();
    return scraped.charAt(scraped.indexOf(line) + line.length()) - '0';
  }

  private String component() {
    JsonObject health = gateway.get("/health").bodyAsJsonObject();
    return health
        .getJsonObject("components")
        .getJsonObject("upstream." + upstream)
        .getString("status");
  }
}
