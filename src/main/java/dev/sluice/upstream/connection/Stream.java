package dev.sluice.upstream.connection;

import dev.sluice.framing.Answer;
import io.netty.channel.ChannelHandler;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;

/**
 * One request on a connection, and its answer (RFC 9113 §5 calls the two a stream). On the event
 * loop of the connection.
 */
public interface Stream {
  /** What is to come behind a request's head. */
  enum Body {
    NONE,
    /** As much as its Content-Length says. */
    SIZED,
    UNSIZED,
    /** None, and an answer of 101 makes the connection another protocol's (RFC 9110 §7.8). */
    UPGRADE
  }

  /** Who takes the answer: hints and a head, parts of a body, and an end; or a failure at once. */
  interface Listener {
    /** 103 Early Hints (RFC 8297), any number of them before the head. */
    void hints(MultiMap fields);

    void head(Answer answer);

    void data(Buffer part);

    void end(MultiMap trailers);

    /** There is no answer, or no rest of it. Comes once, and nothing after it. */
    void fail(Throwable cause);

    /** The connection takes more of the request's body, after it {@link Stream#isFull}. */
    void drained();
  }

  /**
   * Sends the head, once. With no body the request is whole then; with one it may wait for the
   * first part of it.
   */
  void send(Request request, Body body);

  /** Sends a part of the body. */
  void write(Buffer part);

  /** Whether more of the body would wait here: the peer is slow, or there is much. */
  boolean isFull();

  /** The body is whole. */
  void end();

  /** No more of the answer is wanted for now, but for what is on its way to the listener. */
  void pause();

  void resume();

  /**
   * After a 101, of which this is done at once: the handler reads from here on, what has come
   * behind the answer first, and the listener hears of nothing more.
   */
  void handOver(ChannelHandler next);

  /** Neither is wanted any more: the listener hears of nothing from here on. */
  void reset();
}
