package dev.sluice.sandbox;

import static io.vertx.core.http.HttpMethod.DELETE;
import static io.vertx.core.http.HttpMethod.GET;
import static io.vertx.core.http.HttpMethod.POST;

import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Supplier;

/** The sandbox's own interface: what was called, what shall go wrong, what a provider offers. */
final class Control {

  private final List<SimulatedProvider> providers;
  private final Calls calls;
  private final Faults faults;
  private final Supplier<Object> mail;
  private final List<Endpoint> endpoints = new ArrayList<>();

  /** One line of the index at {@code GET /control}. */
  record Endpoint(String method, String path, String body) {}

  /** The index itself. */
  record Index(Map<String, List<String>> operations, List<Endpoint> endpoints, Object mail) {}

  /** What was left undone, and why. */
  record Refused(int status, String message) {}

  Control(List<SimulatedProvider> providers, Calls calls, Faults faults, Supplier<Object> mail) {
    this.providers = providers;
    this.calls = calls;
    this.faults = faults;
    this.mail = mail;
  }

  void mount(Router router) {
    router.route("/control*").handler(BodyHandler.create(false));
    offer(router, GET, "", "", ctx -> index());
    offer(router, DELETE, "", "", ctx -> resetAll());
    offer(router, GET, "/calls", "", ctx -> calls.report());
    offer(router, DELETE, "/calls", "", ctx -> done(calls::reset));
    offer(router, GET, "/faults", "", ctx -> faults.list());
    offer(router, POST, "/faults", Fault.EXAMPLE, ctx -> faults.add(body(ctx)));
    offer(router, DELETE, "/faults", "", ctx -> done(faults::clear));
    actions()
        .forEach(
            (place, action) ->
                offer(
                    router,
                    action.method(),
                    "/" + action.name(),
                    action.example(),
                    ctx -> action.method() == DELETE ? undo(action.name()) : run(action, ctx)));
    router
        .route("/control*")
        .handler(ctx -> send(ctx, 404, "Unknown here; GET /control lists what there is"));
  }

  /** One a method and name, whichever providers have it. */
  private Map<String, ControlAction> actions() {
    Map<String, ControlAction> actions = new TreeMap<>();
    for (SimulatedProvider provider : providers) {
      for (ControlAction action : provider.controls()) {
        actions.putIfAbsent(action.name() + " " + action.method(), action);
      }
    }
    return actions;
  }

  private void offer(
      Router router,
      HttpMethod method,
      String path,
      String body,
      Function<RoutingContext, Object> run) {
    endpoints.add(new Endpoint(method.name(), "/control" + path, body));
    router
        .route(method, "/control" + path)
        .handler(ctx -> reply(ctx, run.apply(ctx)))
        .failureHandler(
            ctx -> {
              boolean bad = ctx.failure() instanceof BadControl;
              send(ctx, bad ? 400 : 500, String.valueOf(ctx.failure().getMessage()));
            });
  }

  private Object run(ControlAction asked, RoutingContext ctx) {
    JsonObject body = body(ctx);
    Map<String, ControlAction> able = new TreeMap<>();
    for (SimulatedProvider provider : providers) {
      provider.controls().stream()
          .filter(action -> same(action, asked))
          .forEach(action -> able.put(provider.name(), action));
    }
    ControlAction action = able.get(String.valueOf(body.getValue("provider")));
    if (action == null) {
      throw new BadControl("provider must be one of " + able.keySet());
    }
    return action.run().apply(body);
  }

  private static boolean same(ControlAction one, ControlAction other) {
    return one.name().equals(other.name()) && one.method() == other.method();
  }

  private Index index() {
    Map<String, List<String>> operations = new TreeMap<>();
    for (SimulatedProvider provider : providers) {
      operations.put(provider.name(), provider.operations().stream().map(Operation::name).toList());
    }
    return new Index(operations, endpoints, mail.get());
  }

  private Object resetAll() {
    calls.reset();
    faults.clear();
    return undo(null);
  }

  private Object undo(String name) {
    for (SimulatedProvider provider : providers) {
      provider.controls().stream()
          .filter(action -> action.method() == DELETE)
          .filter(action -> name == null || name.equals(action.name()))
          .forEach(action -> action.run().apply(new JsonObject()));
    }
    return null;
  }

  private static Object done(Runnable work) {
    work.run();
    return null;
  }

  private static JsonObject body(RoutingContext ctx) {
    try {
      JsonObject body = ctx.body().asJsonObject();
      if (body != null) {
        return body;
      }
    } catch (DecodeException | ClassCastException notAnObject) {
      // said below, together with the empty body
    }
    throw new BadControl("The body must be a JSON object; GET /control shows examples");
  }

  private static void send(RoutingContext ctx, int status, String message) {
    ctx.response().setStatusCode(status);
    reply(ctx, new Refused(status, message));
  }

  private static void reply(RoutingContext ctx, Object body) {
    if (body == null) {
      ctx.response().setStatusCode(204).end();
    } else {
      ctx.response().putHeader("content-type", "application/json").end(Json.encodeToBuffer(body));
    }
  }
}
