package dev.sluice.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.sluice.call.Body;
import dev.sluice.call.Cached;
import dev.sluice.call.Failure;
import dev.sluice.call.Failure.Category;
import dev.sluice.call.Headers;
import dev.sluice.call.Reply;
import dev.sluice.observe.Health;
import dev.sluice.observe.Health.Report;
import dev.sluice.observe.Health.Status;
import dev.sluice.observe.Metrics;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Route;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.StaticHandler;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * What the gateway says of itself, beside the contract: health, metrics, the contract itself and
 * its pages. A Vert.x Web router; no operation ever passes it.
 */
final class Pages {
  private static final String SWAGGER_UI = "META-INF/resources/webjars/swagger-ui/";
  private static final String DOCS_CSP =
      "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:;"
          + " frame-ancestors 'none'";
  private static final Set<String> PATHS =
      Set.of("/livez", "/readyz", "/health", "/metrics", "/openapi.yaml", "/openapi.json", "/docs");

  private final Health health;
  private final Metrics metrics;
  private final String version;
  private final String swaggerVersion;
  private final Examples examples;
  private final Map<String, Supplier<Future<Reply>>> replies = new LinkedHashMap<>();

  Pages(Health health, Metrics metrics, JsonNode contract, String version, Examples examples) {
    this.health = health;
    this.metrics = metrics;
    this.version = version;
    this.swaggerVersion = swaggerVersion();
    this.examples = examples;
    Body json = new Body(Buffer.buffer(contract.toString()), Body.JSON);
    Body yaml = new Body(Buffer.buffer(yaml(contract)), "application/yaml");
    replies.put("/livez", () -> ok(Body.json(new JsonObject().put("status", "UP"))));
    replies.put("/readyz", this::ready);
    replies.put("/health", this::components);
    replies.put("/metrics", this::scrape);
    replies.put("/openapi.json", () -> ok(json));
    replies.put("/openapi.yaml", () -> ok(yaml));
  }

  /** Whether a path is one of these. */
  boolean has(String path) {
    if (path == null) return false;
    return PATHS.contains(path) || path.startsWith("/docs/") || examples.has(path);
  }

  /** The router of one event loop. */
  Router router(Vertx vertx, Responder responder, Function<HttpServerRequest, Exchange> exchanges) {
    Router router = Router.router(vertx);
    router.route().handler(c -> open(c, exchanges.apply(c.request()), responder));
    replies.forEach(
        (path, reply) ->
            router
                .route(path)
                .method(HttpMethod.GET)
                .method(HttpMethod.HEAD)
                .handler(
                    c ->
                        reply
                            .get()
                            .onSuccess(r -> responder.send(exchange(c), r))
                            .onFailure(e -> responder.fail(exchange(c), e))));
    docs(router, "/docs").handler(c -> c.reroute("/docs/index.html"));
    docs(router, "/docs/*").handler(files("docs"));
    docs(router, "/docs/*").handler(files(SWAGGER_UI + swaggerVersion));
    examples.mount(router);
    router.errorHandler(400, c -> responder.fail(exchange(c), badRequest()));
    router.errorHandler(404, c -> responder.fail(exchange(c), notFound(c)));
    router.errorHandler(405, c -> responder.fail(exchange(c), notAllowed(c)));
    router.errorHandler(500, c -> failed(c, responder));
    return router;
  }

  private static Route docs(Router router, String path) {
    return router.route(path).method(HttpMethod.GET).method(HttpMethod.HEAD);
  }

  private static StaticHandler files(String root) {
    return StaticHandler.create(root).setCachingEnabled(true).setEnableRangeSupport(false);
  }

  /** A file whose reader has left in the middle is nobody's failure. */
  private static void failed(RoutingContext context, Responder responder) {
    if (context.response().closed() || context.response().headWritten()) return;
    responder.fail(exchange(context), context.failure());
  }

  private void open(RoutingContext context, Exchange exchange, Responder responder) {
    context.put("exchange", exchange);
    String path = context.request().path();
    if (path.startsWith("/docs")) page(context, responder, DOCS_CSP);
    else if (examples.has(path)) page(context, responder, examples.policy());
    context.next();
  }

  private static void page(RoutingContext context, Responder responder, String policy) {
    context.response().headers().set("content-security-policy", policy);
    responder.pass(exchange(context));
  }

  private static Exchange exchange(RoutingContext context) {
    return context.get("exchange");
  }

  private Future<Reply> ready() {
    return health
        .report()
        .map(
            report -> {
              int status = report.status() == Status.DOWN ? 503 : 200;
              return plain(status, new JsonObject().put("status", report.status().name()));
            });
  }

  private Future<Reply> components() {
    Future<Map<String, String>> versions = health.versions();
    return health
        .report()
        .compose(
            report ->
                versions.map(
                    told -> plain(report.status() == Status.DOWN ? 503 : 200, json(report, told))));
  }

  private JsonObject json(Report report, Map<String, String> versions) {
    JsonObject components = new JsonObject();
    report
        .components()
        .forEach(
            (name, status) -> {
              JsonObject one = new JsonObject().put("status", status.name());
              if (versions.containsKey(name)) one.put("version", versions.get(name));
              components.put(name, one);
            });
    return new JsonObject()
        .put("status", report.status().name())
        .put("version", version)
        .put("components", components);
  }

  private Future<Reply> scrape() {
    String type = "text/plain; version=0.0.4; charset=utf-8";
    return ok(new Body(Buffer.buffer(metrics.scrape()), type));
  }

  private static Future<Reply> ok(Body body) {
    return Future.succeededFuture(
        new Reply(200, Headers.of("cache-control", "no-cache"), body, Cached.NONE));
  }

  private static Reply plain(int status, JsonObject json) {
    return new Reply(status, Headers.of("cache-control", "no-store"), Body.json(json), Cached.NONE);
  }

  private static Failure badRequest() {
    return Failure.of(Category.VALIDATION, "BAD_REQUEST", "This is no proper request.");
  }

  private static Failure notFound(RoutingContext context) {
    return Failure.notFound("NOT_FOUND", "There is nothing at " + context.request().path() + ".")
        .suggest("GET /docs shows what there is.");
  }

  private static Failure notAllowed(RoutingContext context) {
    context.response().putHeader("allow", "GET, HEAD");
    return Failure.of(
            Category.VALIDATION, "METHOD_NOT_ALLOWED", "This method is not possible here.")
        .status(405)
        .suggest("Use GET.");
  }

  /** The version is part of the webjar's paths. */
  private static String swaggerVersion() {
    String properties = "/META-INF/maven/org.webjars/swagger-ui/pom.properties";
    try (InputStream in = Pages.class.getResourceAsStream(properties)) {
      Properties webjar = new Properties();
      webjar.load(in);
      return webjar.getProperty("version");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String yaml(JsonNode contract) {
    try {
      return new YAMLMapper().writeValueAsString(contract);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a JSON tree has a YAML form", e);
    }
  }
}
