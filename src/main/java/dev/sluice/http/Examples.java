package dev.sluice.http;

import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Route;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.StaticHandler;
import java.util.List;

/** Pages that show the gateway at work, for those who run the simulated providers. */
final class Examples {
  private static final String ROOT = "/examples";
  private static final String SETTINGS = ROOT + "/settings.json";
  private static final List<String> PAGES = List.of("/realtime", "/studio");

  private final String sandbox;

  /**
   * What is there.
   *
   * @param sandbox whose mail the pages may read; empty, and there are none
   */
  Examples(String sandbox) {
    this.sandbox = sandbox;
  }

  /** Whether a path is theirs: without them it is an operation's or a route's. */
  boolean has(String path) {
    if (sandbox.isEmpty() || path == null) return false;
    return path.equals(ROOT) || path.startsWith(ROOT + "/");
  }

  /** 'self' has the sockets of this host, too (CSP Level 3, 6.7.2.8). */
  String policy() {
    return "default-src 'self'; connect-src 'self' "
        + sandbox
        + "; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
  }

  /** Answers their paths, where there are any. */
  void mount(Router router) {
    if (sandbox.isEmpty()) return;
    String settings = new JsonObject().put("sandbox", sandbox).encode();
    get(router, SETTINGS)
        .handler(
            c -> fresh(c).response().putHeader("content-type", "application/json").end(settings));
    get(router, ROOT).handler(c -> c.reroute(ROOT + "/index.html"));
    for (String page : PAGES) {
      get(router, ROOT + page).handler(c -> c.reroute(ROOT + page + ".html"));
    }
    StaticHandler files = StaticHandler.create("examples").setCachingEnabled(false);
    get(router, ROOT + "/*").handler(c -> files.handle(fresh(c)));
  }

  private static Route get(Router router, String path) {
    return router.route(path).method(HttpMethod.GET).method(HttpMethod.HEAD);
  }

  /** Asked for anew each time: the parts of another version would not fit together. */
  private static RoutingContext fresh(RoutingContext context) {
    context.response().putHeader("cache-control", "no-cache");
    return context;
  }
}
