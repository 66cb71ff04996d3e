package dev.sluice.http;

import dev.sluice.call.Failure;
import dev.sluice.call.Failure.Category;
import dev.sluice.http.forward.Fields;
import dev.sluice.upstream.Broken;
import dev.sluice.upstream.Link;
import dev.sluice.upstream.Pool;
import dev.sluice.upstream.Target;
import dev.sluice.upstream.Trouble;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.RequestOptions;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/**
 * One request on its way to an upstream, and its answer on its way back: both bodies as they come,
 * neither faster than the other side takes it. Belongs to one event loop.
 */
final class Passage implements Pool.Watched {
  /** Sending these twice does what sending them once does (RFC 9110 §9.2.2). */
  private static final Set<HttpMethod> IDEMPOTENT =
      Set.of(
          HttpMethod.GET, HttpMethod.HEAD, HttpMethod.OPTIONS, HttpMethod.PUT, HttpMethod.DELETE);

  private static final long CANCEL = 8; // RFC 9113 §7

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

    /** There is no answer; {@code trouble} says why, and is null where it is the client's doing. */
    void fail(Failure failure, Trouble trouble);

    /** The answer has broken off in the middle. */
    void breakOff();
  }

  private final Pool pool;
  private final Outgoing request;
  private final HttpServerRequest in;
  private final Set<Target> tried = new HashSet<>(0);
  private Receiver receiver;
  private Link link;
  private HttpClientRequest out;
  private HttpClientResponse answer;
  private boolean begun;
  private boolean sent;
  private boolean paused;
  private boolean full;
  private boolean refreshed;
  private int retries;
  private boolean over;
  private long activeAt;

  Passage(Pool pool, Outgoing request, Receiver receiver) {
    this.pool = pool;
    this.request = request;
    this.receiver = receiver;
    this.in = request.client == null ? null : request.client.request;
  }

  void begin() {
    if (in != null) in.pause();
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
    RequestOptions options = new RequestOptions().setMethod(request.method).setURI(request.target);
    taken
        .request(options)
        .compose(
            opened -> {
              out = opened;
              out.earlyHintsHandler(receiver::hints);
              head();
              Future<HttpClientResponse> response = opened.response();
              body();
              return response;
            })
        .onSuccess(this::receive)
        .onFailure(
            cause -> {
              if (link == taken) miscarry(cause);
            });
  }

  private void head() {
    MultiMap fields = out.headers();
    Fields.ofRequest(request.fields, fields, request.way);
    link.host(out, pool.settings().preserveHost() ? request.way.host() : null);
    if (in == null) fields.remove(HttpHeaders.CONTENT_LENGTH);
    if (request.amend != null) request.amend.accept(fields);
  }

  private void body() {
    if (in == null || sent) {
      sent = true;
      out.end();
      return;
    }
    if (isFirst() && Expectation.isOpen(in)) {
      request.client.response.writeContinue();
    }
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
          request.client.bodyIsRead();
          out.end();
        });
    in.resume();
    request.client.onBadBody(this::fail);
  }

  private void receive(HttpClientResponse begun) {
    begun.exceptionHandler(this::breakOff); // before a reset of ours, which would be logged
    if (over) return;
    activeAt = System.nanoTime();
    link.answered(begun);
    if (isWorse(begun) && mayRepeat(false) && mayGoOn(link.target())) {
      begun.exceptionHandler(reset -> {});
      repeat(false);
      return;
    }
    answer = begun;
    relocate();
    try {
      receiver.head(answer);
    } catch (IllegalArgumentException bad) { // a field that cannot be sent on
      answer = null;
      fail(bad);
      return;
    }
    if (over) return;
    answer.handler(
        chunk -> {
          if (over) return;
          activeAt = System.nanoTime();
          link.heard(activeAt);
          if (receiver.chunk(chunk)) return;
          answer.pause();
          paused = true;
        });
    answer.endHandler(
        end -> {
          if (!finish()) return;
          if (!sent) out.reset(CANCEL); // it has answered before it has heard all
          link.give(sent);
          if (!sent) {
            request.client.discard();
            request.client.closeAfter();
          }
          receiver.end(answer.trailers());
        });
  }

  /** Whether its status is one that another target may better. */
  private boolean isWorse(HttpClientResponse answer) {
    return pool.settings().retry().statuses().contains(answer.statusCode());
  }

  /** A redirection to the upstream itself is one to this gateway. */
  private void relocate() {
    String location = answer.getHeader(HttpHeaders.LOCATION);
    if (location == null) return;
    String here = request.way.route().location(location, link.target().authority());
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
    return !begun && (unsent || IDEMPOTENT.contains(request.method));
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
    if (in != null && !sent) in.pause();
    giveUp();
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
    if (link != null && !sent && !full && answer == null) { // it waits for the body, as we do
      request.client.closeAfter();
      fail(new Bodies.Bounds(0, Duration.ofNanos(longestNanos)).tooSlow());
      return;
    }
    TimeoutException late = new TimeoutException("it has been silent for too long");
    if (answer != null) breakOff(late);
    else fail(link == null ? late : link.failed(late));
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
    pool.complain("an answer broke off: " + cause.getMessage());
    link.failed(cause);
    release();
    receiver.breakOff();
  }

  private void fail(Throwable cause) {
    if (!finish()) return;
    release();
    if (cause instanceof Failure known) {
      receiver.fail(known, null);
      return;
    }
    Trouble trouble = Trouble.of(cause);
    pool.complain(trouble.word() + ": " + cause.getMessage());
    Failure told =
        failure(trouble).detail("upstream", pool.name()).detail("reason", trouble.word());
    receiver.fail(told, trouble);
  }

  /** True once, when it comes to its end. */
  private boolean finish() {
    if (over) return false;
    over = true;
    pool.ended(this);
    return true;
  }

  private void release() {
    if (request.client != null) request.client.discard();
    giveUp();
  }

  /** What the upstream says of it from here on is nobody's: a reset fails its answer at once. */
  private void giveUp() {
    HttpClientRequest reset = out;
    Link held = link;
    out = null;
    link = null;
    if (reset != null) reset.reset(CANCEL);
    if (held != null) held.give(false);
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
