package dev.sluice.http;

import dev.sluice.call.Failure;
import dev.sluice.call.Failure.Category;
import dev.sluice.guard.Limits;
import dev.sluice.http.forward.Fields;
import dev.sluice.http.forward.Prefixes;
import dev.sluice.http.forward.RouteSettings;
import dev.sluice.http.forward.UpstreamSettings;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.ConnectionPoolTooBusyException;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpClosedException;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Passes requests of prefix routes on to their upstreams, both bodies as they come. One an event
 * loop, with connections of its own, so that a request never changes threads.
 */
final class Forwarder {
  private static final Logger LOG = LoggerFactory.getLogger(Forwarder.class);

  private static final int WAITING_A_CONNECTION = 8;

  /** Sending these twice does what sending them once does (RFC 9110 §9.2.2). */
  private static final Set<HttpMethod> IDEMPOTENT =
      Set.of(
          HttpMethod.GET, HttpMethod.HEAD, HttpMethod.OPTIONS, HttpMethod.PUT, HttpMethod.DELETE);

  /** An upstream as this event loop sees it. */
  private record Lane(String name, UpstreamSettings settings, HttpClient client) {}

  private final Prefixes prefixes;
  private final Limits limits;
  private final Responder responder;
  private final Client clients;
  private final Map<String, Lane> lanes = new HashMap<>();

  Forwarder(
      Vertx vertx,
      HttpDoor.Forwarding forwarding,
      Limits limits,
      Responder responder,
      Client clients) {
    this.prefixes = new Prefixes(forwarding.routes());
    this.limits = limits;
    this.responder = responder;
    this.clients = clients;
    forwarding
        .upstreams()
        .forEach((name, u) -> lanes.put(name, new Lane(name, u, client(vertx, u))));
  }

  private static HttpClient client(Vertx vertx, UpstreamSettings settings) {
    HttpClientOptions options =
        new HttpClientOptions()
            .setSsl(settings.isTls())
            .setVerifyHost(settings.isTls())
            .setConnectTimeout((int) settings.connectTimeout().toMillis())
            .setKeepAliveTimeout(30)
            .setDecompressionSupported(false);
    PoolOptions pool =
        new PoolOptions()
            .setHttp1MaxSize(settings.connections())
            .setMaxWaitQueueSize(WAITING_A_CONNECTION * settings.connections());
    return vertx.createHttpClient(options, pool);
  }

  /** The route of a path, or null where it is no prefix route's. */
  RouteSettings match(String path) {
    return prefixes.match(path);
  }

  /** Answers a request from the upstream of its route. */
  void forward(Exchange exchange, RouteSettings route) {
    exchange.forwarded = route;
    try {
      if (Prefixes.climbs(exchange.request.path())) throw climbs();
      Limits.Rate rate = limits.rate(route.limit());
      if (rate != null) rate.check(exchange.client);
    } catch (Failure refused) {
      responder.fail(exchange, refused);
      return;
    }
    exchange.request.pause();
    exchange.onGone(() -> responder.gone(exchange));
    open(new Passage(exchange, route, lanes.get(route.upstream())), true);
  }

  /** One request on its way. */
  private record Passage(Exchange exchange, RouteSettings route, Lane lane) {
    boolean hasBody() {
      HttpServerRequest request = exchange.request;
      return request.version() == HttpVersion.HTTP_2 ? !request.isEnded() : Bodies.hasBody(request);
    }

    /** Whether it may be sent again: its body is gone once it was read. */
    boolean isRepeatable() {
      return IDEMPOTENT.contains(exchange.request.method()) && !hasBody();
    }
  }

  private void open(Passage passage, boolean first) {
    Exchange exchange = passage.exchange;
    UpstreamSettings upstream = passage.lane.settings;
    RequestOptions options =
        new RequestOptions()
            .setHost(upstream.url().getHost())
            .setPort(upstream.port())
            .setMethod(exchange.request.method())
            .setURI(passage.route.target(exchange.request.uri()));
    passage
        .lane
        .client
        .request(options)
        .compose(out -> send(passage, out))
        .onSuccess(answer -> receive(passage, answer))
        .onFailure(
            cause -> {
              // a kept connection that the upstream closed just then
              boolean stale = cause instanceof HttpClosedException;
              if (first && stale && passage.isRepeatable()) open(passage, false);
              else fail(passage, cause);
            });
  }

  private Future<HttpClientResponse> send(Passage passage, HttpClientRequest out) {
    Exchange exchange = passage.exchange;
    HttpServerRequest in = exchange.request;
    if (exchange.isGone()) {
      out.reset();
      return Future.failedFuture("the client is gone");
    }
    exchange.onGone(() -> abandon(exchange, out));
    out.idleTimeout(passage.lane.settings.idleTimeout().toMillis());
    Fields.ofRequest(in.headers(), out.headers(), way(exchange));
    UpstreamSettings upstream = passage.lane.settings;
    String host = in.getHeader(HttpHeaders.HOST);
    boolean preserve = upstream.preserveHost() && host != null;
    out.putHeader(HttpHeaders.HOST, preserve ? host : upstream.authority());
    if (!passage.hasBody()) {
      in.resume();
      return out.send();
    }
    if (in.headers().contains(HttpHeaders.EXPECT)) exchange.response.writeContinue();
    if (!out.headers().contains(HttpHeaders.CONTENT_LENGTH)) out.setChunked(true);
    pump(in, out);
    exchange.onBadBody(bad -> abandon(exchange, out));
    return out.response();
  }

  /** The body as it comes, no faster than the upstream takes it. */
  private static void pump(HttpServerRequest in, HttpClientRequest out) {
    in.handler(
        chunk -> {
          out.write(chunk);
          if (!out.writeQueueFull()) return;
          in.pause();
          out.drainHandler(drained -> in.resume());
        });
    in.endHandler(end -> out.end());
    in.resume();
  }

  /** Ends a request on its way; what still comes of its body is nobody's. */
  private static void abandon(Exchange exchange, HttpClientRequest out) {
    exchange.discard();
    out.reset();
  }

  private void receive(Passage passage, HttpClientResponse answer) {
    Exchange exchange = passage.exchange;
    try {
      head(exchange, answer);
    } catch (IllegalArgumentException bad) { // a field that cannot be sent on
      answer.request().reset();
      exchange.response.headers().clear();
      fail(passage, bad);
      return;
    }
    responder.passOn(exchange);
    answer
        .pipe()
        .endOnFailure(false)
        .to(exchange.response)
        .onFailure(broken -> breakOff(exchange, broken));
  }

  private static void head(Exchange exchange, HttpClientResponse answer) {
    HttpServerResponse response = exchange.response;
    response.setStatusCode(answer.statusCode());
    if (exchange.request.version() != HttpVersion.HTTP_2) {
      response.setStatusMessage(answer.statusMessage());
    }
    Fields.ofResponse(answer.headers(), response.headers(), "1.1");
    boolean bodiless =
        exchange.request.method() == HttpMethod.HEAD
            || answer.statusCode() == 204
            || answer.statusCode() == 304;
    boolean sized = response.headers().contains(HttpHeaders.CONTENT_LENGTH);
    if (bodiless || sized) return;
    if (exchange.request.version() == HttpVersion.HTTP_1_1) response.setChunked(true);
    else exchange.closeAfter(); // to HTTP/1.0 the end of the connection is the end of the body
  }

  /** Half a body is never passed on as a whole one: the client sees that it broke off. */
  private static void breakOff(Exchange exchange, Throwable cause) {
    if (exchange.isGone()) return;
    LOG.warn("an answer broke off: {}", cause.getMessage());
    exchange.response.reset();
    if (exchange.request.version() != HttpVersion.HTTP_2) exchange.request.connection().close();
  }

  private void fail(Passage passage, Throwable cause) {
    Exchange exchange = passage.exchange;
    if (exchange.isGone()) return;
    exchange.discard();
    responder.fail(exchange, exchange.bad() == null ? failure(passage, cause) : exchange.bad());
  }

  private static Failure failure(Passage passage, Throwable cause) {
    String name = passage.lane.name;
    LOG.warn("upstream {}: {}", name, cause.getMessage());
    if (cause instanceof TimeoutException) return Failure.timeout(name);
    if (cause instanceof ConnectionPoolTooBusyException) {
      return Failure.unavailable("OVERLOADED", "Too many requests wait for " + name + ".")
          .retryAfter(Duration.ofSeconds(1));
    }
    return Failure.of(Category.UPSTREAM, "PROVIDER_ERROR", name + " is out of reach.")
        .detail("upstream", name)
        .suggest("Try again later.");
  }

  private Fields.Way way(Exchange exchange) {
    HttpServerRequest request = exchange.request;
    boolean http2 = request.version() == HttpVersion.HTTP_2;
    String peer = request.remoteAddress() == null ? "" : request.remoteAddress().hostAddress();
    String version = http2 ? "2" : request.version() == HttpVersion.HTTP_1_0 ? "1.0" : "1.1";
    return new Fields.Way(
        peer,
        clients.isTrusted(peer),
        request.isSSL() ? "https" : "http",
        request.getHeader(HttpHeaders.HOST),
        version,
        exchange.trace.requestId(),
        exchange.trace.traceparent());
  }

  private static Failure climbs() {
    return Failure.of(
            Category.VALIDATION, "BAD_REQUEST", "The path has dot segments, plain or encoded.")
        .suggest("Resolve them before sending (RFC 3986 §5.2.4).");
  }
}
