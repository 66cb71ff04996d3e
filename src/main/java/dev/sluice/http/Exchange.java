package dev.sluice.http;

import dev.sluice.bus.Cancel;
import dev.sluice.call.Call;
import dev.sluice.call.Failure;
import dev.sluice.call.Trace;
import dev.sluice.contract.Operation;
import dev.sluice.contract.Policy;
import dev.sluice.contract.Policy.OnDisconnect;
import dev.sluice.framing.FramingHandler;
import dev.sluice.guard.limit.Tally;
import dev.sluice.http.forward.RouteSettings;
import dev.sluice.observe.AccessLog;
import io.netty.channel.Channel;
import io.netty.channel.socket.DuplexChannel;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** One request and its response, from the first byte to the access log. */
final class Exchange {
  private static final int MAX_REQUEST_ID = 128;

  private static final long LINGER_MILLIS = 2000;
  private static final long LINGER_BYTES = 16 << 20;
  private static final long STOP_BYTES = 64 << 10;

  final HttpServerRequest request;
  final HttpServerResponse response;
  final String client;
  final Trace trace;
  final long began = System.nanoTime();
  Operation operation;
  RouteSettings forwarded;
  String user; // of a prefix route that wants to know; else null
  Tally counted; // what its client is told of its limit
  String cacheStatus;
  Upload upload;
  private final Vertx vertx;
  private final Backlog backlog;
  private Outflow outflow;
  private Backlog.Stall hold; // what is kept of its answer until its client has it
  private int held;
  private Runnable onOverload;
  private List<Runnable> onGone;
  private boolean gone;
  private boolean sent;
  private boolean close;
  private long dropped;
  private long askedAt; // of its upstream; 0, not yet
  private long answeredAt;

  Exchange(Vertx vertx, Backlog backlog, HttpServerRequest request, String client) {
    this.vertx = vertx;
    this.backlog = backlog;
    this.request = request;
    this.response = request.response();
    this.client = client;
    this.trace = Trace.continued(requestId(request), request.getHeader("traceparent"));
    response.exceptionHandler(e -> leave());
    response.closeHandler(closed -> leave());
    request.exceptionHandler(e -> leave());
  }

  /** The client's X-Request-Id where it is sane, else a new one. */
  static String requestId(HttpServerRequest request) {
    String given = request.getHeader("X-Request-Id");
    return given != null && isSane(given) ? given : dev.sluice.call.Ids.next();
  }

  void counted(Tally tally) {
    counted = tally;
  }

  /** What requests of its kind are counted under. */
  String route() {
    if (operation != null) return operation.path();
    return forwarded == null ? "unmatched" : forwarded.path();
  }

  /** The way of its response's body, where that comes in parts. */
  Outflow outflow() {
    if (outflow == null) outflow = new Outflow(this);
    return outflow;
  }

  /** Its client takes no more of a body for now, and may be broken off where that lasts. */
  Backlog.Stall stall() {
    return stall(
        () -> {
          Backlog.expel(request);
          leave();
        });
  }

  /** The same of a body that waits for its upstream. */
  Backlog.Stall stall(Runnable breakOff) {
    return backlog.begin(Backlog.PASSING, breakOff);
  }

  /**
   * So many bytes of its answer are kept here alone, at least, until its client has them. False
   * where there is no room for that: it is refused, or broken off.
   */
  boolean hold(int bytes) {
    if (gone || bytes <= held) return true;
    if (hold == null) hold = backlog.begin(0, this::overload);
    boolean room = hold.grow(bytes - held);
    held = bytes;
    if (!room) overload();
    return room;
  }

  /** Its client takes what it is sent. */
  void moves() {
    if (hold != null) hold.renew();
  }

  /** What to do where there is no room for what it holds, and nothing has been sent yet. */
  void onOverload(Runnable refuse) {
    onOverload = refuse;
  }

  private void overload() {
    Runnable refuse = onOverload;
    onOverload = null;
    if (refuse != null && !response.headWritten()) {
      refuse.run();
    } else {
      Backlog.expel(request);
      leave();
    }
  }

  /** Vert.x knows a connection's last request for a while: what that held must be free before. */
  private void forget() {
    onGone = null;
    onOverload = null;
  }

  private void release() {
    if (hold != null) hold.end();
  }

  /** Its response is written; {@code own} bytes of it nobody else holds anyway. */
  void written(Future<Void> ended, int own) {
    backlog.whole(request, ended, own);
  }

  /** Its upstream is being asked for it; what is asked behind its reply is not. */
  void asked() {
    if (!sent) askedAt = System.nanoTime();
  }

  /** What it was to be answered with has come from the upstream. */
  void answered() {
    if (askedAt != 0 && answeredAt == 0) answeredAt = System.nanoTime();
  }

  /** Who was asked for it and for how long; null where it was nobody. */
  AccessLog.Upstream upstream() {
    if (askedAt == 0) return null;
    return new AccessLog.Upstream(
        forwarded.upstream(), answeredAt == 0 ? -1 : answeredAt - askedAt, -1);
  }

  /** Something to do when its body turns out to be no proper one. */
  void onBadBody(Consumer<Failure> action) {
    FramingHandler framing = FramingHandler.of(request.connection());
    if (framing == null) return;
    framing.onBadBody(
        found -> {
          closeAfter();
          action.accept(HttpVerticle.badFraming(found));
        });
  }

  /** The body is read: nobody need be told about it any more. */
  void bodyIsRead() {
    FramingHandler framing = FramingHandler.of(request.connection());
    if (framing != null) framing.onBadBody(null);
  }

  /** What still comes of the body is read and dropped. */
  void discard() {
    if (request.isEnded()) return;
    request.handler(dropped -> {});
    request.endHandler(end -> {});
    request.resume();
  }

  /** Others are about to end the response: with HTTP/2 the stream is closed before they know. */
  void ending() {
    sent = true;
  }

  /** Its connection is no more of HTTP, and it is over. */
  void switched() {
    sent = true;
    forget();
  }

  /** The response has been written by others, to its end. */
  void passed() {
    sent = true;
    if (close) linger();
  }

  /** Something to do when the client goes away before its reply is sent. */
  void onGone(Runnable action) {
    if (gone) action.run();
    else {
      if (onGone == null) onGone = new ArrayList<>(2);
      onGone.add(action);
    }
  }

  /** Work that nobody waits for any more is ended, unless its policy says otherwise. */
  void cancelsWhenGone(Call call, Policy policy) {
    if (policy.onDisconnect() == OnDisconnect.FINISH) return;
    if (call.wish().key() != null) return; // its client will ask how it ended
    onGone(() -> Cancel.TOPIC.publish(vertx, new Cancel(call.id())));
  }

  boolean isGone() {
    return gone;
  }

  /** After the reply the connection is of no use: what follows on it cannot be told apart. */
  void closeAfter() {
    close = request.version() != HttpVersion.HTTP_2;
    if (close && !response.headWritten()) {
      response.putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
    }
  }

  /**
   * Ends the response; from now on nobody can leave. A body that is still to come is nobody's: the
   * connection cannot be used on.
   */
  void end(Buffer body) {
    sent = true;
    forget();
    if (!request.isEnded() && Bodies.hasBody(request)) closeAfter();
    Future<Void> ended = body == null ? response.end() : outflow().end(body);
    if (hold != null) ended.onComplete(done -> release());
    if (close) ended.onComplete(done -> linger());
    else if (!request.isEnded()) ended.onComplete(done -> vertx.runOnContext(v -> stop()));
  }

  /**
   * Asks an HTTP/2 client not to send the rest (RFC 9113 §8.1). One that is small is let come: it
   * is on its way, and some clients take the reset for a failure.
   */
  private void stop() {
    if (request.isEnded() || request.version() != HttpVersion.HTTP_2) return;
    request.handler(
        chunk -> {
          dropped += chunk.length();
          if (dropped > STOP_BYTES) response.reset(0);
        });
    request.endHandler(end -> {});
    request.resume();
    vertx.setTimer(LINGER_MILLIS, t -> resetUnended());
  }

  private void resetUnended() {
    if (!request.isEnded()) response.reset(0);
  }

  /**
   * Closes in stages (RFC 9112 §9.6): the client sees the end at once, but what it still sends is
   * read and dropped for a moment, for closing both ways would reset the connection before it has
   * read its answer.
   */
  private void linger() {
    if (request.isEnded()) {
      request.connection().close();
      return;
    }
    Channel channel = Backlog.channel(request);
    if (!request.isSSL() && channel instanceof DuplexChannel plain) plain.shutdownOutput();
    request.handler(
        chunk -> {
          dropped += chunk.length();
          if (dropped > LINGER_BYTES) request.connection().close();
        });
    request.endHandler(end -> request.connection().close());
    request.resume();
    vertx.setTimer(LINGER_MILLIS, t -> request.connection().close());
  }

  private void leave() {
    if (outflow != null) outflow.close();
    release();
    if (gone || sent) return;
    gone = true;
    List<Runnable> actions = onGone;
    forget();
    if (actions != null) actions.forEach(Runnable::run);
  }

  private static boolean isSane(String id) {
    if (id.isEmpty() || id.length() > MAX_REQUEST_ID) return false;
    for (int i = 0; i < id.length(); i++) {
      char c = id.charAt(i);
      boolean ok =
          (c >= 'a' && c <= 'z')
              || (c >= 'A' && c <= 'Z')
              || (c >= '0' && c <= '9')
              || c == '-'
              || c == '_'
              || c == '.';
      if (!ok) return false;
    }
    return true;
  }
}
