package dev.sluice;

import static dev.sluice.harness.RunningGateway.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.conf.FileWatch;
import dev.sluice.harness.Await;
import dev.sluice.harness.RunningGateway;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A configuration that changes while requests come. */
class ReloadIT {
  private static final String LIMITS = "limits: { tight: { ip: { requests: 3, window: 1h } } }\n";

  private static final Vertx vertx = Vertx.vertx();
  private static volatile Consumer<HttpServerRequest> api;
  private static RunningGateway gateway;
  private static Reloader reloader;
  private static int port;

  @BeforeAll
  static void start() {
    HttpServer server =
        await(
            vertx
                .createHttpServer()
                .requestHandler(request -> api.accept(request))
                .listen(0, "127.0.0.1"));
    port = server.actualPort();
    Map<String, String> settings =
        Map.of(
            "SLUICE_SERVER_DRAINTIMEOUT", "5s",
            "SLUICE_STORE_REDISTIMEOUT", "2s"); // a busy machine is no outage: limits are counted
    gateway = new RunningGateway(settings, routes("/a/**"));
    Reloader.Source source =
        () -> Loaded.of(gateway.file(), gateway.environment(), Map.of(), List.of());
    FileWatch files = new FileWatch(() -> List.of(gateway.file()));
    reloader = new Reloader(gateway.gateway(), source.load(), source, files, gateway::mounts);
  }

  @AfterAll
  static void stop() {
    gateway.close();
    await(vertx.close());
  }

  @BeforeEach
  void sayTheName() {
    api = request -> request.response().end(request.uri());
    reload(LIMITS + routes("/a/**"));
  }

  @Test
  void routesComeAndGo() {
    assertEquals(200, status("/a/x"));
    assertEquals(404, status("/b/x"));
    assertEquals("routes: removed /a/**, added /b/**", changed(LIMITS + routes("/b/**")));
    assertEquals(404, status("/a/x"));
    assertEquals(200, status("/b/x"));
  }

  @Test
  void whatIsInvalidChangesNothingAndSaysWhy() {
    String said = refused(LIMITS + routes("/b/**") + "rutes: []\n");
    assertTrue(said.contains("unknown key \"rutes\"; did you mean \"routes\"?"), said);
    said = refused(LIMITS + "routes: [{ path: \"/b/**\", upstream: gone }]\n");
    assertTrue(said.contains("there is no upstream \"gone\""), said);
    said = refused("limits: {}\n" + routes("/b/**")); // notebook's contract names the class
    assertTrue(said.contains("tight"), said);
    said = refused("server: [1\n");
    assertTrue(said.contains("is not YAML"), said);
    assertEquals(200, status("/a/x"));
    assertEquals(404, status("/b/x"));
  }

  @Test
  void whatNeedsARestartIsRefusedAsAWholeWithItsLine() {
    String said =
        refused(
            LIMITS
                + routes("/b/**")
                + "server:\n  idleTimeout: 61s\n  maxBody: 1KB\ncache: { maxEntry: 1KB }\n");
    assertTrue(said.contains("overlay.yaml:7: needs a restart: server.idleTimeout"), said);
    assertTrue(said.contains("overlay.yaml:9: needs a restart: cache.maxEntry"), said);
    assertFalse(said.contains("maxBody"), said);
    assertEquals(200, status("/a/x"));
    assertEquals(404, status("/b/x"));
  }

  @Test
  void aDownloadUnderWayEndsThoughItsRouteIsGone() {
    Promise<HttpServerRequest> open = Promise.promise();
    api =
        request -> {
          request.response().setChunked(true).write("first ");
          open.complete(request);
        };
    HttpClient client = gateway.vertx().createHttpClient();
    HttpClientResponse answer =
        await(
            Await.begun(
                gateway.vertx(),
                () ->
                    client
                        .request(HttpMethod.GET, gateway.port(), "127.0.0.1", "/a/slow")
                        .compose(HttpClientRequest::send)
                        .map(HttpClientResponse::pause)));
    reload(LIMITS);
    assertEquals(404, status("/a/x"));
    await(open.future()).response().end("last");
    Future<Buffer> body = answer.body();
    answer.resume();
    assertEquals("first last", await(body).toString());
    await(client.close());
  }

  @Test
  void anUpstreamThatStaysKeepsItsConnectionsAndOneThatIsGoneClosesThem() {
    Set<HttpConnection> kept = ConcurrentHashMap.newKeySet(); // no upstream's before it
    api =
        request -> {
          kept.add(request.connection());
          request.response().end();
        };
    for (int i = 0; i < 8; i++) assertEquals(200, status("/a/x"));
    Promise<Void> closed = Promise.promise();
    Set.copyOf(kept).forEach(one -> one.closeHandler(v -> closed.tryComplete()));
    reload(LIMITS + routes("/b/**"));
    for (int i = 0; i < 8; i++) assertEquals(200, status("/b/x"));
    assertFalse(closed.future().isComplete());
    reload(LIMITS);
    await(closed.future());
  }

  @Test
  void connectionsStayOpen() {
    HttpClient one = gateway.vertx().createHttpClient(new PoolOptions().setHttp1MaxSize(1));
    HttpConnection before = connection(one, "/a/x");
    reload(LIMITS + routes("/b/**"));
    assertSame(before, connection(one, "/b/x"));
    await(one.close());
  }

  @Test
  void aLimitThatStaysGoesOnCountingAndAnotherBeginsAnew() {
    String limited = routes("/tight/**", "limit: tight");
    reload(LIMITS + limited);
    for (int i = 0; i < 3; i++) assertEquals(200, status("/tight/x"));
    assertEquals(429, status("/tight/x"));
    reload(LIMITS + limited + "server: { maxBody: 1MB }\n");
    assertEquals(429, status("/tight/x"));
    reload("limits: { tight: { ip: { requests: 4, window: 1h } } }\n" + limited);
    for (int i = 0; i < 4; i++) assertEquals(200, status("/tight/x"));
    assertEquals(429, status("/tight/x"));
  }

  @Test
  void serverSettingsChangeForTheRequestsToCome() {
    Buffer note = Buffer.buffer("{\"text\":\"" + "x".repeat(600) + "\"}");
    assertEquals(200, add(note));
    String cors = "server: { maxBody: 512, cors: { origins: [\"https://a.example\"] } }\n";
    assertTrue(changed(LIMITS + routes("/a/**") + cors).contains("server.maxBody"));
    assertEquals(413, add(note));
    assertEquals(
        "https://a.example",
        gateway
            .get("/openapi.json", "Origin", "https://a.example")
            .getHeader("Access-Control-Allow-Origin"));
  }

  @Test
  void appsComeAndGoAndTheCacheStays() {
    int deployed = deployed();
    assertEquals(200, status("/clips?channel=ninja&limit=3"));
    int asked = gateway.upstreamCalls("get-clips");
    assertEquals(200, status("/api/v1/notes?book=b"));
    gateway.environment().put("SLUICE_APPS", "identity,traffic,studio");
    assertEquals("apps: removed notebook", changed(LIMITS + routes("/a/**")));
    assertEquals(404, status("/api/v1/notes?book=b"));
    assertFalse(gateway.get("/openapi.yaml").bodyAsString().contains("readNotes"));
    assertEquals(200, status("/clips?channel=ninja&limit=3"));
    gateway.environment().put("SLUICE_APPS", "identity,traffic,studio,notebook");
    assertEquals("apps: added notebook", changed(LIMITS + routes("/a/**")));
    assertEquals(200, status("/api/v1/notes?book=b"));
    assertEquals(asked, gateway.upstreamCalls("get-clips"));
    gateway.until("the old one is gone", () -> deployed() == deployed);
    assertEquals(200, status("/api/v1/notes?book=c"), "and the new one stays");
  }

  @Test
  void aProviderIsAskedInTheNewWayAndWhatItWasAskedBeforeIsAnswered() {
    String traffic = "providers: { twitch: { traffic: { permits: %d } } }\n";
    gateway.fault(
        new JsonObject().put("operation", "get-clips").put("delayMs", 3000).put("times", 1));
    var underWay = gateway.sendAsync(HttpMethod.GET, "/direct", null);
    gateway.until("it is upstream", () -> gateway.inFlight() == 1);
    changed(LIMITS + traffic.formatted(7));
    assertFalse(underWay.isComplete());
    assertEquals(200, status("/direct?n=2"));
    assertEquals(200, await(underWay).statusCode());
    gateway.environment().put("SLUICE_PROVIDERS_TWITCH_CLIENTSECRET", "wrong");
    assertEquals("providers.twitch.clientSecret", changed(LIMITS + traffic.formatted(7)));
    assertEquals(503, status("/direct?n=4"));
    gateway
        .environment()
        .put(
            "SLUICE_PROVIDERS_TWITCH_CLIENTSECRET",
            dev.sluice.sandbox.Sandbox.TWITCH_CLIENT_SECRET);
    reload(LIMITS);
    assertEquals(200, status("/direct?n=5"));
  }

  @Test
  void anAnswerIsNotRememberedUnderAContractThatIsGone() {
    String notes = "/api/v1/notes?book=remembered";
    for (int i = 0; i < 3; i++) assertEquals(200, status(notes));
    gateway.environment().put("SLUICE_APPS", "identity,traffic,studio");
    reload(LIMITS + routes("/api/**"));
    assertEquals(notes, gateway.get(notes).bodyAsString(), "the path is a route's now");
    gateway.environment().put("SLUICE_APPS", "identity,traffic,studio,notebook");
    reload(LIMITS);
    assertEquals(200, status(notes));
  }

  @Test
  void outcomesAreCounted() {
    double before = metric("config_reloads_total{outcome=\"refused\"}");
    double generation = metric("config_generation");
    refused("version: 3\n");
    assertEquals(1, metric("config_reload_failing"));
    changed(LIMITS);
    assertEquals(0, metric("config_reload_failing"));
    assertEquals(before + 1, metric("config_reloads_total{outcome=\"refused\"}"));
    assertEquals(generation + 1, metric("config_generation"));
    assertTrue(metric("config_loaded_timestamp_seconds") > 1e9);
    assertTrue(reload(LIMITS).startsWith("Nothing differs from generation "));
    assertEquals(generation + 1, metric("config_generation"));
  }

  private static int deployed() {
    return gateway.gateway().vertx().deploymentIDs().size();
  }

  private static int add(Buffer note) {
    return gateway
        .send(HttpMethod.POST, "/api/v1/notes?book=b", note, "Content-Type", "application/json")
        .statusCode();
  }

  private static HttpConnection connection(HttpClient client, String uri) {
    return await(
        Await.begun(
            gateway.vertx(),
            () ->
                client
                    .request(HttpMethod.GET, gateway.port(), "127.0.0.1", uri)
                    .compose(request -> request.send())
                    .compose(answer -> answer.body().map(answer.request().connection()))));
  }

  private static double metric(String name) {
    return gateway
        .get("/metrics")
        .bodyAsString()
        .lines()
        .filter(line -> line.startsWith(name + " "))
        .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
        .findFirst()
        .orElseThrow();
  }

  private static int status(String uri) {
    return gateway.get(uri).statusCode();
  }

  private static String reload(String yaml) {
    gateway.write(yaml);
    ControlSocket.Outcome outcome = reloader.reload("the test");
    assertTrue(outcome.succeeded(), outcome.text());
    return outcome.text();
  }

  private static String changed(String yaml) {
    String text = reload(yaml);
    assertFalse(text.startsWith("Nothing differs"));
    return text;
  }

  private static String refused(String yaml) {
    gateway.write(yaml);
    ControlSocket.Outcome outcome = reloader.reload("the test");
    assertFalse(outcome.succeeded(), outcome.text());
    return outcome.text();
  }

  private static String routes(String path, String... more) {
    return """
    upstreams:
      api: { url: "http://127.0.0.1:%d" }
    routes:
      - { path: "%s", upstream: api%s }
    """
        .formatted(port, path, more.length == 0 ? "" : ", " + String.join(", ", more));
  }
}
