package dev.sluice.http;

import dev.sluice.bus.FlowReader;
import dev.sluice.bus.Flows;
import dev.sluice.call.Reply;
import dev.sluice.realtime.Session;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;

/**
 * A streamed reply in frames: {@code REPLY} with {@code streamed: true}, a {@code CHUNK {data}} for
 * each part, {@code END}; or {@code ERROR} where it breaks off. No faster than the client takes it.
 */
final class SocketStream {
  private final Session session;
  private final String requestId;
  private final Reply reply;
  private final Runnable over;
  private final Parts parts;
  private FlowReader reader;
  private Runnable forget;
  private boolean ended;

  SocketStream(Session session, String requestId, Reply reply, Runnable over) {
    this.session = session;
    this.requestId = requestId;
    this.reply = reply;
    this.over = over;
    this.parts = Parts.of(reply.body().type(), this::chunk);
  }

  void begin(Vertx vertx) {
    reader = Flows.read(vertx, reply.body());
    session.send("REPLY", SocketCalls.head(reply).put("streamed", true), requestId);
    forget = session.onDrained(reader::resume);
    reader.exceptionHandler(this::broken);
    reader.endHandler(end -> end());
    reader.handler(this::take);
  }

  private void take(Buffer bytes) {
    if (ended) return;
    try {
      parts.take(bytes);
    } catch (RuntimeException unreadable) {
      reader.cancel();
      broken(unreadable);
    }
    if (session.isFull()) reader.pause();
  }

  private void chunk(Object data) {
    session.send("CHUNK", new JsonObject().put("data", data), requestId);
  }

  private void end() {
    if (ended) return;
    parts.end();
    finish();
    session.send("END", new JsonObject(), requestId);
  }

  private void broken(Throwable cause) {
    if (ended) return;
    finish();
    session.refuse(cause, requestId);
  }

  private void finish() {
    ended = true;
    forget.run();
    over.run();
  }

  /** Nobody wants the rest. */
  void cancel() {
    ended = true;
    forget.run();
    reader.cancel();
  }
}
