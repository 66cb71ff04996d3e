package dev.sluice.http;

import dev.sluice.call.Failure;
import dev.sluice.call.Failure.Category;
import dev.sluice.http.forward.Fields;
import dev.sluice.http.forward.RouteSettings;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpClosedException;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.RequestOptions;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.TimeoutException;

/**
 * One request on its way to an upstream, and its answer on its way back: both bodies as they come,
 * neither faster than the other side takes it.
 */
final class Passage {
  /** Sending these twice does what sending them once does (RFC 9110 §9.2.2). */
  private static final Set<HttpMethod> IDEMPOTENT =
      Set.of(
          HttpMethod.GET, HttpMethod.HEAD, HttpMethod.OPTIONS, HttpMethod.PUT, HttpMethod.DELETE);

  private final Exchange exchange;
  private final Responder responder;
  private final RouteSettings route;
  private final Lane lane;
  private final Fields.Way way;
  private final HttpServerRequest in;
  private final boolean mayHaveBody;
  private Lane.Link link;
  private HttpClientRequest out;
  private boolean begun;
  private boolean sent;
  private boolean answered;
  private boolean paused;
  private boolean full;
  private boolean repeated;
  private boolean over;
  private long activeAt;

  Passage(Exchange exchange, Responder responder, Lane lane, Fields.Way way) {
    this.exchange = exchange;
    this.responder = responder;
    this.route = exchange.forwarded;
    this.lane = lane;
    this.way = way;
    this.in = exchange.request;
    this.mayHaveBody = in.version() == HttpVersion.HTTP_2 || Bodies.hasBody(in);
  }

  void begin() {
    in.pause();
    exchange.onGone(this::abandon);
    lane.began(this);
    connect();
  }

  private void connect() {
    activeAt = System.nanoTime();
    lane.take().onSuccess(this::send).onFailure(this::fail);
  }

  private void send(Lane.Link taken) {
    link = taken;
    if (over) {
      lane.give(taken, true);
      return;
    }
    RequestOptions options =
        new RequestOptions().setMethod(in.method()).setURI(route.target(in.uri()));
    taken
        .connection
        .request(options)
        .compose(
            request -> {
              out = request;
              out.exceptionHandler(
                  cause -> {}); // the answer's future tells, and need not be logged
              out.earlyHintsHandler(this::hint);
              head();
              Future<HttpClientResponse> answer = request.response();
              body();
              return answer;
            })
        .onSuccess(this::receive)
        .onFailure(this::miscarry);
  }

  private void head() {
    Fields.ofRequest(in.headers(), out.headers(), way);
    boolean preserve = lane.settings().preserveHost() && way.host() != null;
    out.putHeader(HttpHeaders.HOST, preserve ? way.host() : lane.settings().authority());
  }

  private void body() {
    if (sent || !mayHaveBody) {
      if (!sent) in.resume();
      sent = true;
      out.end();
      return;
    }
    if (Expectation.isOpen(in)) exchange.response.writeContinue();
    boolean sized = out.headers().contains(HttpHeaders.CONTENT_LENGTH);
    in.handler(
        chunk -> {
          activeAt = System.nanoTime();
          if (!begun && !sized) out.setChunked(true); // not before: HTTP/2 tells of no body late
          begun = true;
          out.write(chunk);
          if (!out.writeQueueFull()) return;
          in.pause();
          full = true;
          out.drainHandler(
              drained -> {
                full = false;
                activeAt = System.nanoTime();
                in.resume();
              });
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

  /** 103 (RFC 8297), on its way before the answer; HTTP/1.0 has none (RFC 9110 §15.2). */
  private void hint(MultiMap hints) {
    if (over || in.version() == HttpVersion.HTTP_1_0) return;
    MultiMap passed = HttpHeaders.headers();
    Fields.ofResponse(hints, passed, "1.1");
    exchange.response.writeEarlyHints(passed);
  }

  private void receive(HttpClientResponse answer) {
    if (over) return;
    activeAt = System.nanoTime();
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
          activeAt = System.nanoTime();
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
          lane.give(link, sent);
          if (!sent) { // it has answered before it has heard all
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
    Fields.ofResponse(answer.headers(), response.headers(), "1.1");
    responder.passOn(exchange);
    int status = answer.statusCode();
    boolean bodiless = in.method() == HttpMethod.HEAD || status == 204 || status == 304;
    boolean sized = response.headers().contains(HttpHeaders.CONTENT_LENGTH);
    if (bodiless || sized) return;
    if (in.version() == HttpVersion.HTTP_1_1) response.setChunked(true);
    else exchange.closeAfter(); // to HTTP/1.0 the end of the connection is the end of the body
  }

  /** There was no answer; a kept connection that was closed just then is tried anew, once. */
  private void miscarry(Throwable cause) {
    boolean stale = cause instanceof HttpClosedException;
    boolean again = stale && !repeated && !begun && IDEMPOTENT.contains(in.method());
    if (!again || over) {
      fail(cause);
      return;
    }
    repeated = true;
    if (!sent) in.pause();
    lane.give(link, false);
    connect();
  }

  /** Called now and then: an upstream that has said nothing for so long is given up. */
  void checkIdle(long now, long longestNanos) {
    if (paused || now - activeAt <= longestNanos) return;
    if (link != null && !sent && !full && !answered) { // it waits for the client's body, as we do
      exchange.closeAfter();
      fail(Bodies.tooSlow(Duration.ofNanos(longestNanos)));
      return;
    }
    TimeoutException late = new TimeoutException("it has been silent for too long");
    if (answered) breakOff(late);
    else fail(late);
  }

  /** The client is gone: nobody waits for the upstream. */
  private void abandon() {
    if (!finish()) return;
    release();
    responder.gone(exchange);
  }

  /** Half a body is never passed on as a whole one: the client sees that it broke off. */
  private void breakOff(Throwable cause) {
    if (!finish()) return;
    lane.complain("an answer broke off: " + cause.getMessage());
    release();
    responder.written(exchange);
    exchange.response.reset();
    if (in.version() != HttpVersion.HTTP_2) in.connection().close();
  }

  private void fail(Throwable cause) {
    if (!finish()) return;
    release();
    responder.fail(exchange, cause instanceof Failure known ? known : failure(cause));
  }

  /** True once, when it comes to its end. */
  private boolean finish() {
    if (over) return false;
    over = true;
    lane.ended(this);
    return true;
  }

  private void release() {
    exchange.discard();
    if (out != null) out.reset();
    if (link != null) lane.give(link, false);
  }

  private Failure failure(Throwable cause) {
    lane.complain(cause.getMessage());
    if (cause instanceof TimeoutException) return Failure.timeout(lane.name());
    if (cause instanceof Lane.Busy) {
      return Failure.unavailable("OVERLOADED", "Too many requests wait for " + lane.name() + ".")
          .retryAfter(Duration.ofSeconds(1));
    }
    return Failure.of(Category.UPSTREAM, "PROVIDER_ERROR", lane.name() + " is out of reach.")
        .detail("upstream", lane.name())
        .suggest("Try again later.");
  }
}
