package dev.sluice.http;

import dev.sluice.call.Failure;
import dev.sluice.call.Failure.Category;
import dev.sluice.framing.Answer;
import dev.sluice.framing.FramesHandler;
import dev.sluice.http.forward.Fields;
import dev.sluice.upstream.Broken;
import dev.sluice.upstream.Link;
import dev.sluice.upstream.Pool;
import dev.sluice.upstream.Trouble;
import dev.sluice.upstream.connection.Request;
import dev.sluice.upstream.connection.Stream;
import dev.sluice.websocket.BadHandshake;
import dev.sluice.websocket.Handshake;
import io.netty.channel.ChannelHandler;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/**
 * One request on its way to an upstream, and its answer on its way back: both bodies as they come,
 * neither faster than the other side takes it. Belongs to one event loop.
 */
final class Passage implements Pool.Watched, Stream.Listener {
  private static final Set<HttpMethod> MEANS_BODY =
      Set.of(HttpMethod.POST, HttpMethod.PUT, HttpMethod.PATCH);

  /**
   * What is sent.
   *
   * @param target path and query, as the upstream is to see them
   * @param fields as the client sent them
   * @param amend what becomes of them on top of a proxy's duties, or null
   * @param client whose body is passed on; null where there is none to pass on
   * @param socket what the upstream is to agree to, where a socket is asked for; else null
   */
  record Outgoing(
      HttpMethod method,
      String target,
      MultiMap fields,
      Fields.Way way,
      Consumer<MultiMap> amend,
      Exchange client,
      Handshake socket) {}

  /** Who takes the answer: nothing or a head first, then the body, then one end. */
  interface Receiver {
    /** 103 Early Hints (RFC 8297), any number of them before the head. */
    void hints(MultiMap fields);

    /** The answer has begun. */
    void head(Answer answer);

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
  private final Attempts attempts;
  private Receiver receiver;
  private Link link;
  private Stream out;
  private boolean answered;
  private boolean begun;
  private boolean sent;
  private boolean paused;
  private Backlog.Stall full; // while the upstream takes no more of the body, else null
  private boolean over;
  private long activeAt;

  Passage(Pool pool, Outgoing request, Receiver receiver) {
    this.pool = pool;
    this.request = request;
    this.attempts = new Attempts(pool, request.method, request.socket != null);
    this.receiver = receiver;
    this.in = request.client == null ? null : request.client.request;
  }

  void begin() {
    if (in != null) in.pause();
    pool.began(this);
    activeAt = System.nanoTime();
    Future<Link> taken = attempts.first();
    if (in != null && !taken.isComplete()) hold();
    taken.onSuccess(this::send).onFailure(this::miscarry);
  }

  private void send(Link taken) {
    if (over) {
      taken.give(true);
      return;
    }
    link = taken;
    Future<Stream> stream = taken.open(this);
    if (stream.succeeded()) send(stream.result());
    else stream.onComplete(opened -> opened(taken, opened));
  }

  private void opened(Link taken, AsyncResult<Stream> opened) {
    if (link != taken) {
      if (opened.succeeded()) opened.result().reset();
    } else if (opened.succeeded()) {
      send(opened.result());
    } else {
      miscarry(opened.cause());
    }
  }

  /** The body waits here for the upstream. */
  private void hold() {
    if (full == null) full = request.client.stall(() -> refuse(Backlog.overloaded()));
  }

  private void letGo() {
    if (full != null) full.end();
    full = null;
  }

  private void send(Stream stream) {
    out = stream;
    letGo();
    if (in == null || sent) {
      sent = true;
      out.send(head(), request.socket == null ? Stream.Body.NONE : Stream.Body.UPGRADE);
    } else {
      body();
    }
  }

  private Request head() {
    MultiMap fields = MultiMap.caseInsensitiveMultiMap();
    Fields.ofRequest(request.fields, fields, request.way);
    if (in == null) empty(fields);
    if (request.amend != null) request.amend.accept(fields);
    String preserved = pool.settings().preserveHost() ? request.way.host() : null;
    String authority = preserved == null ? link.target().authority() : preserved;
    return new Request(request.method, request.target, authority, fields);
  }

  /** Methods that mean a body say that there is none (RFC 9110 §8.6). */
  private void empty(MultiMap fields) {
    if (MEANS_BODY.contains(request.method)) fields.set(HttpHeaders.CONTENT_LENGTH, "0");
    else fields.remove(HttpHeaders.CONTENT_LENGTH);
  }

  /** The head goes with the first part of the body, for HTTP/2 says late that there is none. */
  private void body() {
    if (attempts.isFirst() && Expectation.isOpen(in)) {
      request.client.response.writeContinue();
    }
    in.handler(
        chunk -> {
          activeAt = System.nanoTime();
          if (!begun) begin(head());
          out.write(chunk);
          if (!out.isFull()) return;
          in.pause();
          hold();
        });
    in.endHandler(
        end -> {
          sent = true;
          request.client.bodyIsRead();
          if (begun) out.end();
          else sendEmpty(head());
        });
    in.resume();
    request.client.onBadBody(this::refuse);
  }

  private void sendEmpty(Request head) {
    empty(head.fields());
    out.send(head, Stream.Body.NONE);
  }

  private void begin(Request head) {
    begun = true;
    boolean sized = head.fields().contains(HttpHeaders.CONTENT_LENGTH);
    out.send(head, sized ? Stream.Body.SIZED : Stream.Body.UNSIZED);
  }

  @Override
  public void drained() {
    if (full == null) return;
    letGo();
    activeAt = System.nanoTime();
    in.resume();
  }

  @Override
  public void hints(MultiMap fields) {
    receiver.hints(fields);
  }

  @Override
  public void head(Answer answer) {
    activeAt = System.nanoTime();
    if (answer.status() == 101) {
      switchTo(answer);
      return;
    }
    link.answered(answer.status());
    if (!begun && isWorse(answer) && attempts.may(link.target())) {
      repeat(false);
      return;
    }
    answered = true;
    relocate(answer);
    receiver.head(answer);
  }

  private void switchTo(Answer answer) {
    try {
      request.socket.check(answer.fields());
    } catch (BadHandshake bad) {
      fail(bad);
      return;
    }
    answered = true;
    receiver.head(answer);
  }

  /**
   * After a 101: the connection is the receiver's, who gives its link back when it is closed; null
   * where it broke before.
   */
  Link handOver(ChannelHandler next) {
    if (!finish()) return null;
    link.switched();
    out.handOver(next);
    return link;
  }

  @Override
  public void data(Buffer part) {
    activeAt = System.nanoTime();
    link.heard(activeAt);
    if (receiver.chunk(part) || over) return;
    paused = true;
    out.pause();
  }

  @Override
  public void end(MultiMap trailers) {
    if (!finish()) return;
    if (!sent) out.reset(); // it has answered before it has heard all
    link.give(sent);
    if (!sent) {
      request.client.discard();
      request.client.closeAfter();
    }
    receiver.end(trailers);
  }

  @Override
  public void fail(Throwable cause) {
    if (answered) breakOff(cause);
    else miscarry(cause);
  }

  /** Whether its status is one that another target may better. */
  private boolean isWorse(Answer answer) {
    return pool.settings().retry().statuses().contains(answer.status());
  }

  /** A redirection to the upstream itself is one to this gateway. */
  private void relocate(Answer answer) {
    String location = answer.field(HttpHeaders.LOCATION);
    if (location == null) return;
    String here = request.way.route().location(location, link.target().authority());
    if (!here.equals(location)) answer.fields().set(HttpHeaders.LOCATION, here);
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
    out.resume();
  }

  private void miscarry(Throwable cause) {
    if (over) return;
    Broken broken = link == null ? (Broken) cause : link.failed(cause);
    if (!begun && attempts.may(broken)) repeat(broken.isStale());
    else refuse(broken);
  }

  private void repeat(boolean fresh) {
    if (in != null && !sent) in.pause();
    giveUp();
    activeAt = System.nanoTime();
    attempts.again(fresh).onSuccess(this::send).onFailure(this::miscarry);
  }

  @Override
  public void check(long now, long longestNanos) {
    if (link != null && link.isSilent() && !begun && attempts.may(link.target())) {
      repeat(false);
      return;
    }
    if (paused || now - activeAt <= longestNanos) return;
    boolean waits = link != null && !sent && full == null && !answered; // for the body, as we do
    if (waits && FramesHandler.isHeldUp(in.connection())) {
      activeAt = now; // the client may not send it before others of its streams are through
      return;
    }
    if (waits) {
      request.client.closeAfter();
      refuse(new Bodies.Bounds(0, Duration.ofNanos(longestNanos)).tooSlow());
      return;
    }
    TimeoutException late = new TimeoutException("it has been silent for too long");
    if (answered) breakOff(late);
    else refuse(link == null ? late : link.failed(late));
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

  private void refuse(Throwable cause) {
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
    letGo();
    pool.ended(this);
    return true;
  }

  private void release() {
    if (request.client != null) request.client.discard();
    giveUp();
  }

  /** What the upstream says of it from here on is nobody's: a reset fails its answer at once. */
  private void giveUp() {
    Stream reset = out;
    Link held = link;
    out = null;
    link = null;
    if (reset != null) reset.reset();
    if (held != null) held.give(false);
  }

  private Failure failure(Trouble trouble) {
    if (trouble == Trouble.CONNECTION_LIMIT_REACHED) {
      String many =
          request.socket == null ? "Too many requests wait for " : "Too many sockets for ";
      return Failure.unavailable("OVERLOADED", many + pool.name() + ".")
          .retryAfter(Duration.ofSeconds(1));
    }
    if (trouble.status() == 504) return Failure.timeout(pool.name());
    String what =
        switch (trouble) {
          case HTTP_PROTOCOL_ERROR -> " has answered, but not in proper HTTP.";
          case HTTP_RESPONSE_HEADER_SECTION_SIZE -> " has answered with too large a head.";
          case HTTP_RESPONSE_INCOMPLETE -> " has broken off its answer.";
          case TLS_CERTIFICATE_ERROR -> " has a certificate that is not believed here.";
          case HTTP_UPGRADE_FAILED -> " has agreed to a WebSocket, but not in a proper way.";
          default -> " is out of reach.";
        };
    return Failure.of(Category.UPSTREAM, "PROVIDER_ERROR", pool.name() + what)
        .status(trouble.status())
        .suggest("Try again later.");
  }
}
