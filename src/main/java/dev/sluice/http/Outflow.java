package dev.sluice.http;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;

/**
 * A response's body on its way to one client, no faster than the client takes it: whoever writes
 * stops where it is full, and goes on when it is told.
 */
final class Outflow {
  /** How much may wait for an HTTP/2 client's window; with HTTP/1 it is the channel's mark. */
  private static final int FULL = 64 * 1024;

  private static final int PIECE = 32 * 1024;

  private final Exchange exchange;
  private final HttpServerResponse response;
  private final boolean http2;
  private Runnable resume = () -> {};
  private Backlog.Stall stall;
  private long waiting;
  private int given;
  private boolean over;

  Outflow(Exchange exchange) {
    this.exchange = exchange;
    this.response = exchange.response;
    this.http2 = exchange.request.version() == HttpVersion.HTTP_2;
  }

  /** Whether a body of so many bytes goes in pieces. */
  static boolean isLarge(int bytes) {
    return bytes > FULL;
  }

  /** Whom to tell when it takes more again, after it was full. */
  void onResume(Runnable resume) {
    this.resume = resume;
  }

  /** Whether more would only wait. */
  boolean isFull() {
    return stall != null;
  }

  /** Writes a part; false where no more should be for now. */
  boolean write(Buffer part) {
    if (http2) {
      waiting += part.length();
      response.write(part).onComplete(sent -> sent(part.length()));
      if (waiting < FULL) return true;
    } else {
      response.write(part);
      if (!response.writeQueueFull()) return true;
      response.drainHandler(drained -> flow());
    }
    if (stall == null && !over) stall = exchange.stall();
    return false;
  }

  private void sent(int bytes) {
    waiting -= bytes;
    if (waiting <= FULL / 2) flow();
  }

  private void flow() {
    if (stall == null) return;
    settle();
    exchange.moves();
    resume.run();
  }

  /** There is no more. Done when the client has taken it. */
  Future<Void> end() {
    return taken(response.end(), 0);
  }

  /** The same behind a last part, or the whole. */
  Future<Void> end(Buffer last) {
    if (last.length() <= FULL) return taken(response.end(last), last.length());
    Promise<Void> ended = Promise.promise();
    resume = () -> pieces(last, ended);
    resume.run();
    return ended.future();
  }

  /** As a whole it would be copied for the socket. */
  private void pieces(Buffer body, Promise<Void> ended) {
    boolean room = true;
    while (room && !over && body.length() - given > PIECE) {
      room = write(body.slice(given, given += PIECE));
    }
    if (over) ended.fail("the client has left");
    else if (room) taken(response.end(body.slice(given, body.length())), PIECE).onComplete(ended);
  }

  /** What is written waits for its client still. */
  private Future<Void> taken(Future<Void> ended, int own) {
    resume = () -> {};
    if (stall == null) exchange.written(ended, own);
    else ended.onComplete(done -> settle());
    return ended;
  }

  /** There is no client any more. */
  void close() {
    over = true;
    settle();
    resume = () -> {};
  }

  private void settle() {
    if (stall != null) stall.end();
    stall = null;
  }
}
