package dev.sluice.sandbox.push;

import static io.vertx.core.http.HttpMethod.DELETE;
import static io.vertx.core.http.HttpMethod.GET;
import static io.vertx.core.http.HttpMethod.POST;

import dev.sluice.sandbox.Answer;
import dev.sluice.sandbox.Operation;
import dev.sluice.sandbox.SimulatedProvider;
import dev.sluice.sandbox.push.Browser.Arrived;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.security.GeneralSecurityException;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The push service, and a page that subscribes at it and looks what has come. */
public final class PushService implements SimulatedProvider {
  private static final String SEND = "/push/send/";
  private static final int MOST_BYTES = 4096; // RFC 8030 §7.2
  private static final Set<String> URGENCIES = Set.of("very-low", "low", "normal", "high");

  private final Map<String, Browser> browsers = new LinkedHashMap<>();
  private final VapidCheck vapid;

  public PushService(Clock clock) {
    this.vapid = new VapidCheck(clock);
  }

  @Override
  public String name() {
    return "push";
  }

  @Override
  public List<String> roots() {
    return List.of("/push/");
  }

  @Override
  public List<Operation> operations() {
    return List.of(
        Operation.of("subscribe", POST, "/push/subscriptions", this::subscribe),
        Operation.of("unsubscribe", DELETE, "/push/subscriptions", this::unsubscribe),
        Operation.of("messages", GET, "/push/messages", this::messages),
        Operation.of("push", POST, SEND + ":id", ctx -> answered(() -> push(ctx))));
  }

  @Override
  public Answer failure(RoutingContext ctx, int status) {
    Answer answer = problem(status, HttpResponseStatus.valueOf(status).reasonPhrase());
    return status == 429 ? answer.with("retry-after", "1") : answer;
  }

  private interface Work {
    Answer run();
  }

  private static Answer answered(Work work) {
    try {
      return work.run();
    } catch (Refused refused) {
      return problem(refused.status, refused.getMessage());
    }
  }

  private static Answer problem(int status, String message) {
    return Answer.json(
        status, new JsonObject().put("code", status).put("errno", status).put("message", message));
  }

  /** As pushManager.subscribe() does; {@code applicationServerKey} binds it to a sender. */
  private Answer subscribe(RoutingContext ctx) {
    JsonObject options = object(ctx);
    if (options == null) return problem(400, "The body is no JSON object.");
    Object sender = options.getValue("applicationServerKey");
    if (sender != null && !(sender instanceof String)) {
      return problem(400, "applicationServerKey is base64url.");
    }
    Browser browser = new Browser((String) sender);
    browsers.put(browser.id(), browser);
    return Answer.json(201, browser.json(origin(ctx) + SEND + browser.id()));
  }

  private static JsonObject object(RoutingContext ctx) {
    try {
      return ctx.body().length() <= 0 ? new JsonObject() : ctx.body().asJsonObject();
    } catch (DecodeException | ClassCastException e) {
      return null;
    }
  }

  private Answer unsubscribe(RoutingContext ctx) {
    Browser gone = browsers.remove(asked(ctx));
    return gone == null ? problem(404, "There is no such subscription.") : Answer.empty(204);
  }

  /** {@code ?subscription=} its endpoint, or the last part of that. */
  private static String asked(RoutingContext ctx) {
    String named = String.valueOf(ctx.queryParams().get("subscription"));
    return named.substring(named.lastIndexOf('/') + 1);
  }

  private Answer messages(RoutingContext ctx) {
    Browser browser = browsers.get(asked(ctx));
    if (browser == null) return problem(404, "There is no such subscription.");
    JsonArray all = new JsonArray();
    browser.messages().forEach(message -> all.add(view(message)));
    return Answer.json(200, new JsonObject().put("messages", all));
  }

  /** What is JSON, as such. */
  private static JsonObject view(Arrived message) {
    JsonObject view =
        new JsonObject()
            .put("id", message.id())
            .put("ttl", message.ttl())
            .put("urgency", message.urgency())
            .put("topic", message.topic());
    try {
      return view.put("payload", new JsonObject(message.text()));
    } catch (DecodeException e) {
      return view.put("payload", message.text());
    }
  }

  /** RFC 8030 §5; 404 is what push services say of a subscription that is no more. */
  private Answer push(RoutingContext ctx) {
    HttpServerRequest request = ctx.request();
    Browser browser = browsers.get(ctx.pathParam("id"));
    Refused.unless(browser != null, 404, "There is no such subscription.");
    String key = vapid.key(request.getHeader("authorization"), origin(ctx));
    Refused.unless(browser.takesFrom(key), 403, "It was subscribed for another key.");
    String urgency = request.getHeader("urgency");
    String topic = request.getHeader("topic");
    int ttl = ttl(request.getHeader("ttl"));
    Refused.unless(urgency == null || URGENCIES.contains(urgency), 400, "Urgency is not known.");
    boolean fits = topic == null || topic.matches("[A-Za-z0-9_-]{1,32}");
    Refused.unless(fits, 400, "Topic is not up to 32 characters of base64url.");
    Arrived message =
        new Arrived(
            Browser.text(Browser.random(12)),
            text(browser, request, ctx.body().buffer()),
            ttl,
            urgency == null ? "normal" : urgency,
            topic);
    browser.keep(message);
    return Answer.empty(201)
        .with("location", origin(ctx) + "/push/message/" + message.id())
        .with("ttl", Integer.toString(ttl));
  }

  private static int ttl(String field) {
    boolean counted = field != null && field.matches("[0-9]{1,9}");
    Refused.unless(counted, 400, "TTL is required: seconds (RFC 8030 §5.2).");
    return Integer.parseInt(field);
  }

  private static String text(Browser browser, HttpServerRequest request, Buffer body) {
    boolean some = body != null && body.length() > 0;
    Refused.unless(some, 400, "There is no body.");
    Refused.unless(body.length() <= MOST_BYTES, 413, "The body has more than 4096 bytes.");
    boolean encoded = "aes128gcm".equals(request.getHeader("content-encoding"));
    Refused.unless(encoded, 400, "Content-Encoding is not aes128gcm.");
    try {
      return browser.decrypted(body.getBytes());
    } catch (GeneralSecurityException e) {
      throw new Refused(400, "The browser cannot decrypt it: " + e.getMessage());
    }
  }

  private static String origin(RoutingContext ctx) {
    return ctx.request().scheme() + "://" + ctx.request().authority();
  }
}
