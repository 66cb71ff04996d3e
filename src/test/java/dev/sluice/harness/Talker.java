package dev.sluice.harness;

import io.vertx.core.json.JsonObject;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;

/** A client of a socket of the gateway's that speaks JSON. */
public final class Talker implements Closeable {
  private final Wire wire;
  private final String content;

  private Talker(Wire wire, String content) {
    this.wire = wire;
    this.content = content;
  }

  /** One whose socket is open. */
  public static Talker open(int port, String path, String token) {
    try {
      Wire wire = new Wire(port);
      wire.ask(path, "Authorization: Bearer " + token + "\r\n");
      String head = wire.head();
      if (!head.startsWith("HTTP/1.1 101")) throw new AssertionError(head);
      return new Talker(wire, path.startsWith("/api/") ? "data" : "payload");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public Talker say(String type, JsonObject said) {
    return say(type, null, said);
  }

  public Talker say(String type, String requestId, JsonObject said) {
    JsonObject frame = new JsonObject().put("type", type).put(content, said);
    if (requestId != null) frame.put("requestId", requestId);
    try {
      wire.send(Wire.text(frame.encode()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return this;
  }

  /** Sends a text as it is. */
  public Talker frame(String text) {
    try {
      wire.send(Wire.text(text));
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The next frame that is no ping; pings are answered. */
  public Wire.Frame frame() {
    try {
      Wire.Frame frame = wire.frame();
      while (frame.first() == 0x89) {
        wire.send(Wire.frame(0x8A, frame.payload()));
        frame = wire.frame();
      }
      return frame;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The next message, whole. */
  public JsonObject hear() {
    Wire.Frame frame = frame();
    if (frame.first() != 0x81) {
      throw new AssertionError("no text: " + frame.first() + " " + frame.text());
    }
    return new JsonObject(frame.text());
  }

  /** What the next message of this type says: none but of who comes and goes is before it. */
  public JsonObject hear(String type) {
    return next(type).getJsonObject(content);
  }

  /** The same, whole. */
  public JsonObject next(String type) {
    JsonObject message = hear();
    while (!message.getString("type").equals(type)) {
      if (!message.getString("type").startsWith("PRESENCE_")) {
        throw new AssertionError(message.encode());
      }
      message = hear();
    }
    return message;
  }

  @Override
  public void close() {
    try {
      wire.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
