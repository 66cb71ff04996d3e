package dev.sluice.http;

import dev.sluice.call.Failure;
import dev.sluice.call.Failure.Category;
import dev.sluice.http.forward.Fields;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpClosedException;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.RequestOptions;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/**
 * One request on its way to an upstream, and its answer on its way back: both bodies as they come,
 * neither faster than the other side takes it. Belongs to one event loop.
 */
final class Passage {
  /** Sending these twice does what sending them once does (RFC 9110 §9.2.2). */
  private static final Set<HttpMethod> IDEMPOTENT =
      Set.of(
          HttpMethod.GET, HttpMethod.HEAD, HttpMethod.OPTIONS, HttpMethod.PUT, HttpMethod.DELETE);

  /**
   * What is sent.
   *
   * @param target path and query, as the upstream is to see them
   * @param fields as the client sent them
   * @param amend what becomes of them on top of a proxy's duties, or null
   * @param client whose body is passed on; null where there is none to pass on
   */
  record Outgoing(
      HttpMethod method,
      String target,
      MultiMap fields,
      Fields.Way way,
      Consumer<MultiMap> amend,
      Exchange client) {}

  /** Who takes the answer: nothing or a head first, then the body, then one end. */
  interface Receiver {
    /** 103 Early Hints (RFC 8297), any number of them before the head. */
    void hints(MultiMap fields);

    /** The answer has begun. Throws IllegalArgumentException where it cannot be passed on. */
    void head(HttpClientResponse answer);

    /** Part of the body; false where no more may come until {@link Passage#resume}. */
    boolean chunk(Buffer chunk);

    void end(MultiMap trailers);

    /** There is no answer. */
    void fail(Failure failure, boolean outOfReach);

    /** The answer has broken off in the middle. */
    void breakOff();
  }

  private final Lane lane;
  private final Outgoing request;
  private Receiver receiver;
  private final HttpServerRequest in;
  private Lane.Link link;
  private HttpClientRequest out;
  private HttpClientResponse answer;
  private boolean begun;
  private boolean sent;
  private boolean paused;
  private boolean repeated;
  private boolean over;
  private long activeAt;

  Passage(Lane lane, Outgoing request, Receiver receiver) {
    this.lane = lane;
    this.request = request;
    this.receiver = receiver;
    this.in = request.client == null ? null : request.client.request;
  }

  void begin() {
    if (in != null) in.pause();
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
    RequestOptions options = new RequestOptions().setMethod(request.method).setURI(request.target);
    taken
        .connection
        .request(options)
        .compose(
            opened -> {
              out = opened;
              out.exceptionHandler(
                  cause -> {}); // the answer's future tells, and need not be logged
              out.earlyHintsHandler(receiver::hints);
              head();
              var answer = opened.response();
              body();
              return answer;
            })
        .onSuccess(this::receive)
        .onFailure(this::miscarry);
  }

  private void head() {
    MultiMap fields = out.headers();
    Fields.ofRequest(request.fields, fields, request.way);
    boolean preserve = lane.settings().preserveHost() && request.way.host() != null;
    fields.set(HttpHeaders.HOST, preserve ? request.way.host() : lane.settings().authority());
    if (in == null) fields.remove(HttpHeaders.CONTENT_LENGTH);
    if (request.amend != null) request.amend.accept(fields);
  }

  private void body() {
    if (in == null || sent) {
      sent = true;
      out.end();
      return;
    }
    if (in.headers().contains(HttpHeaders.EXPECT)) request.client.response.writeContinue();
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
          request.client.bodyIsRead();
          out.end();
        });
    in.resume();
    request.client.onBadBody(this::fail);
  }

  private void receive(HttpClientResponse begun) {
    if (over) return;
    answer = begun;
    activeAt = System.nanoTime();
    relocate();
    try {
      receiver.head(answer);
    } catch (IllegalArgumentException bad) { // a field that cannot be sent on
      answer = null;
      fail(bad);
      return;
    }
    if (over) return;
    answer.exceptionHandler(this::breakOff);
    answer.handler(
        chunk -> {
          activeAt = System.nanoTime();
          if (over || receiver.chunk(chunk)) return;
          answer.pause();
          paused = true;
        });
    answer.endHandler(
        end -> {
          if (!finish()) return;
          lane.give(link, sent);
          if (!sent) { // it has answered before it has heard all
            request.client.discard();
            request.client.closeAfter();
          }
          receiver.end(answer.trailers());
        });
  }

  /** A redirection to the upstream itself is one to this gateway. */
  private void relocate() {
    String location = answer.getHeader(HttpHeaders.LOCATION);
    if (location == null) return;
    String here = request.way.route().location(location, lane.settings().authority());
    if (!here.equals(location)) answer.headers().set(HttpHeaders.LOCATION, here);
  }

  /** Whether the whole request is on its way. */
  boolean hasSent() {
    return sent;
  }

  /** The receiver takes more again. */
  void resume() {
    if (!paused || over) return;
    paused = false;
    activeAt = System.nanoTime();
    answer.resume();
  }

  /** There was no answer; a kept connection that was closed just then is tried anew, once. */
  private void miscarry(Throwable cause) {
    boolean stale = cause instanceof HttpClosedException;
    boolean again = stale && !repeated && !begun && IDEMPOTENT.contains(request.method);
    if (!again || over) {
      fail(cause);
      return;
    }
    repeated = true;
    if (in != null && !sent) in.pause();
    lane.give(link, false);
    connect();
  }

  /** Called now and then: an upstream that has said nothing for so long is given up. */
  void checkIdle(long now, long longestNanos) {
    if (paused || now - activeAt <= longestNanos) return;
    TimeoutException late = new TimeoutException("it has been silent for too long");
    if (answer != null) breakOff(late);
    else fail(late);
  }

  /** What still comes of the body is dropped: if it is little, the connection can be kept. */
  void drain() {
    receiver = new Drain(this);
  }

  /** Nobody wants the answer any more. */
  void abandon() {
    if (finish()) release();
  }

  private void breakOff(Throwable cause) {
    if (!finish()) return;
    lane.complain("an answer broke off: " + cause.getMessage());
    release();
    receiver.breakOff();
  }

  private void fail(Throwable cause) {
    if (!finish()) return;
    release();
    if (cause instanceof Failure known) receiver.fail(known, false);
    else receiver.fail(failure(cause), !(cause instanceof Lane.Busy));
  }

  /** True once, when it comes to its end. */
  private boolean finish() {
    if (over) return false;
    over = true;
    lane.ended(this);
    return true;
  }

  private void release() {
    if (request.client != null) request.client.discard();
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
