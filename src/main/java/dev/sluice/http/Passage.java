package dev.sluice.http;

import dev.sluice.call.Failure;
import dev.sluice.call.Failure.Category;
import dev.sluice.http.forward.Fields;
import dev.sluice.http.forward.RouteSettings;
import dev.sluice.upstream.Broken;
import dev.sluice.upstream.Link;
import dev.sluice.upstream.Pool;
import dev.sluice.upstream.Target;
import dev.sluice.upstream.Trouble;
import io.vertx.core.Future;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.RequestOptions;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeoutException;

/**
 * One request on its way to an upstream, and its answer on its way back: both bodies as they come,
 * neither faster than the other side takes it.
 */
final class Passage implements Pool.Watched {
  /** Sending these twice does what sending them once does (RFC 9110 §9.2.2). */
  private static final Set<HttpMethod> IDEMPOTENT =
      Set.of(
          HttpMethod.GET, HttpMethod.HEAD, HttpMethod.OPTIONS, HttpMethod.PUT, HttpMethod.DELETE);

  private static final long CANCEL = 8; // RFC 9113 §7

  private final Exchange exchange;
  private final Responder responder;
  private final RouteSettings route;
  private final Pool pool;
  private final Fields.Way way;
  private final HttpServerRequest in;
  private final boolean mayHaveBody;
  private final Set<Target> tried = new HashSet<>(0);
  private Link link;
  private HttpClientRequest out;
  private boolean begun;
  private boolean sent;
  private boolean answered;
  private boolean paused;
  private boolean refreshed;
  private int retries;
  private boolean over;
  private long activeAt;

  Passage(Exchange exchange, Responder responder, Pool pool, Fields.Way way) {
    this.exchange = exchange;
    this.responder = responder;
    this.route = exchange.forwarded;
    this.pool = pool;
    this.way = way;
    this.in = exchange.request;
    this.mayHaveBody = in.version() == HttpVersion.HTTP_2 || Bodies.hasBody(in);
  }

  void begin() {
    in.pause();
    exchange.onGone(this::abandon);
    pool.began(this);
    connect();
  }

  private void connect() {
    activeAt = System.nanoTime();
    pool.take().onSuccess(this::send).onFailure(this::miscarry);
  }

  private void send(Link taken) {
    if (over) {
      taken.give(true);
      return;
    }
    link = taken;
    RequestOptions options =
        new RequestOptions().setMethod(in.method()).setURI(route.target(in.uri()));
    taken
        .request(options)
        .compose(
            request -> {
              out = request;
              head();
              Future<HttpClientResponse> answer = request.response();
              body();
              return answer;
            })
        .onSuccess(this::receive)
        .onFailure(
            cause -> {
              if (link == taken) miscarry(cause);
            });
  }

  private void head() {
    Fields.ofRequest(in.headers(), out.headers(), way);
    link.host(out, pool.settings().preserveHost() ? way.host() : null);
  }

  private void body() {
    if (sent || !mayHaveBody) {
      if (!sent) in.resume();
      sent = true;
      out.end();
      return;
    }
    if (isFirst() && in.headers().contains(HttpHeaders.EXPECT)) exchange.response.writeContinue();
    boolean sized = out.headers().contains(HttpHeaders.CONTENT_LENGTH);
    in.handler(
        chunk -> {
          activeAt = System.nanoTime();
          if (!begun && !sized) out.setChunked(true); // not before: HTTP/2 tells of no body late
          begun = true;
          out.write(chunk);
          if (!out.writeQueueFull()) return;
          in.pause();
          out.drainHandler(drained -> in.resume());
        });
    in.endHandler(
        end -> {
          sent = true;
          exchange.bodyIsRead();
          out.end();
        });
    in.resume();
    exchange.onBadBody(this::fail);
  }

  private void receive(HttpClientResponse answer) {
    if (over) return;
    activeAt = System.nanoTime();
    link.answered(answer);
    if (pool.settings().retry().statuses().contains(answer.statusCode())
        && mayRepeat(false)
        && mayGoOn(link.target())) {
      answer.exceptionHandler(reset -> {}); // by us
      repeat(false);
      return;
    }
    HttpServerResponse response = exchange.response;
    try {
      head(answer);
    } catch (IllegalArgumentException bad) { // a field that cannot be sent on
      response.headers().clear();
      fail(bad);
      return;
    }
    answered = true;
    answer.exceptionHandler(this::breakOff);
    answer.handler(
        chunk -> {
          if (over) return;
          activeAt = System.nanoTime();
          link.heard(activeAt);
          response.write(chunk);
          if (!response.writeQueueFull()) return;
          answer.pause();
          paused = true;
          response.drainHandler(
              drained -> {
                paused = false;
                activeAt = System.nanoTime();
                answer.resume();
              });
        });
    answer.endHandler(
        end -> {
          if (!finish()) return;
          if (!sent) out.reset(CANCEL); // it has answered before it has heard all
          link.give(sent);
          if (!sent) {
            exchange.discard();
            exchange.closeAfter();
          }
          response.end();
        });
  }

  private void head(HttpClientResponse answer) {
    HttpServerResponse response = exchange.response;
    response.setStatusCode(answer.statusCode());
    if (in.version() != HttpVersion.HTTP_2) response.setStatusMessage(answer.statusMessage());
    String version = answer.version() == HttpVersion.HTTP_2 ? "2" : "1.1";
    Fields.ofResponse(answer.headers(), response.headers(), version);
    responder.passOn(exchange);
    int status = answer.statusCode();
    boolean bodiless = in.method() == HttpMethod.HEAD || status == 204 || status == 304;
    boolean sized = response.headers().contains(HttpHeaders.CONTENT_LENGTH);
    if (bodiless || sized) return;
    if (in.version() == HttpVersion.HTTP_1_1) response.setChunked(true);
    else exchange.closeAfter(); // to HTTP/1.0 the end of the connection is the end of the body
  }

  /**
   * There was no answer. A kept connection that was closed just then is none of the target's
   * failures, and another is tried; else another target may be.
   */
  private void miscarry(Throwable cause) {
    if (over) return;
    Broken broken = link == null ? (Broken) cause : link.failed(cause);
    boolean fresh = broken.isStale() && !refreshed;
    if (!mayRepeat(broken.isUnsent()) || !fresh && !mayGoOn(broken.target())) {
      fail(broken);
      return;
    }
    refreshed |= fresh;
    repeat(fresh);
  }

  /** Nothing of its body is gone, and it does no harm to send it twice or it was never sent. */
  private boolean mayRepeat(boolean unsent) {
    return !begun && (unsent || IDEMPOTENT.contains(in.method()));
  }

  /** Whether there is another target for it, and a retry left. */
  private boolean mayGoOn(Target from) {
    if (retries >= pool.settings().retry().attempts() || from == null) return false;
    tried.add(from);
    if (!pool.mayRetry(tried)) return false;
    retries++;
    return true;
  }

  private void repeat(boolean fresh) {
    if (!sent) in.pause();
    release();
    activeAt = System.nanoTime();
    pool.take(tried, fresh).onSuccess(this::send).onFailure(this::miscarry);
  }

  private boolean isFirst() {
    return retries == 0 && !refreshed;
  }

  @Override
  public void check(long now, long longestNanos) {
    if (link != null && link.isSilent() && mayRepeat(false) && mayGoOn(link.target())) {
      repeat(false);
      return;
    }
    if (paused || now - activeAt <= longestNanos) return;
    TimeoutException late = new TimeoutException("it has been silent for too long");
    if (answered) breakOff(late);
    else fail(link == null ? late : link.failed(late));
  }

  /** The client is gone: nobody waits for the upstream. */
  private void abandon() {
    if (!finish()) return;
    exchange.discard();
    release();
    responder.gone(exchange);
  }

  /** Half a body is never passed on as a whole one: the client sees that it broke off. */
  private void breakOff(Throwable cause) {
    if (!finish()) return;
    pool.complain("an answer broke off: " + cause.getMessage());
    link.failed(cause);
    exchange.discard();
    release();
    responder.written(exchange);
    exchange.response.reset();
    if (in.version() != HttpVersion.HTTP_2) in.connection().close();
  }

  private void fail(Throwable cause) {
    if (!finish()) return;
    exchange.discard();
    release();
    responder.fail(exchange, cause instanceof Failure known ? known : failure(cause));
  }

  /** True once, when it comes to its end. */
  private boolean finish() {
    if (over) return false;
    over = true;
    pool.ended(this);
    return true;
  }

  /** What the upstream says of it from here on is nobody's: a reset fails its answer at once. */
  private void release() {
    HttpClientRequest request = out;
    Link held = link;
    out = null;
    link = null;
    if (request != null) request.reset(CANCEL);
    if (held != null) held.give(false);
  }

  private Failure failure(Throwable cause) {
    Trouble trouble = Trouble.of(cause);
    pool.complain(trouble.word() + ": " + cause.getMessage());
    return failure(trouble).detail("upstream", pool.name()).detail("reason", trouble.word());
  }

  private Failure failure(Trouble trouble) {
    if (trouble == Trouble.CONNECTION_LIMIT_REACHED) {
      return Failure.unavailable("OVERLOADED", "Too many requests wait for " + pool.name() + ".")
          .retryAfter(Duration.ofSeconds(1));
    }
    if (trouble.status() == 504) return Failure.timeout(pool.name());
    return Failure.of(Category.UPSTREAM, "PROVIDER_ERROR", pool.name() + " is out of reach.")
        .status(trouble.status())
        .suggest("Try again later.");
  }
}
