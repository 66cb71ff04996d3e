package dev.sluice.realtime;

import dev.sluice.call.Failure;
import dev.sluice.call.JsonText;
import dev.sluice.realtime.channel.ChannelEvent;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Set;

/** The forms that frames have, each on its own paths: JSON objects in texts. */
public enum Envelope {
  /** Seed 002's: {@code {type, payload, requestId, timestamp, version}}. */
  PAYLOAD("payload"),
  /** Seed 001's: {@code {type, data}}, with the {@code requestId} that was sent. */
  DATA("data");

  private static final String VERSION = "1.0";

  /** The members of a frame beside its content. */
  public static final Set<String> OWN = Set.of("type", "requestId", "timestamp", "version");

  private static final int LONGEST_ID = 128;

  private final String content;

  Envelope(String content) {
    this.content = content;
  }

  /** Throws VALIDATION_ERROR where it is not of this form. */
  Message read(Object json, Buffer text) {
    if (!(json instanceof JsonObject frame)) {
      throw Failure.invalid("frame", "must be a JSON object", null);
    }
    if (!(frame.getValue("type") instanceof String type) || type.isEmpty()) {
      throw Failure.invalid("type", "is missing: it says what the frame is, such as CALL", null);
    }
    return new Message(type, content(frame), requestId(frame), name -> written(text, name));
  }

  /** What stands beside the type has no name of what is inside. */
  private Buffer written(Buffer text, String name) {
    Buffer beside = JsonText.member(text, name);
    Buffer inside = beside == null ? JsonText.member(text, content) : null;
    return inside == null ? beside : JsonText.member(inside, name);
  }

  /**
   * What stands beside the type may be the content itself, as the seeds' clients send it; then
   * {@code payload} or {@code data} is a part of it like others.
   */
  private JsonObject content(JsonObject frame) {
    if (frame.fieldNames().stream()
        .anyMatch(name -> !name.equals(content) && !OWN.contains(name))) {
      return frame;
    }
    Object inside = frame.getValue(content);
    if (inside instanceof JsonObject object) return object;
    if (inside != null) throw Failure.invalid(content, "must be a JSON object", null);
    return frame;
  }

  private static String requestId(JsonObject frame) {
    Object id = frame.getValue("requestId");
    if (id == null) return null;
    if (id instanceof String text && !text.isEmpty() && text.length() <= LONGEST_ID) return text;
    throw Failure.invalid("requestId", "must be a text of 1 to 128 characters", null);
  }

  /** An event's text: what it says is written as it stands. */
  public String write(ChannelEvent event) {
    StringBuilder text = new StringBuilder(event.data().length() + 200);
    text.append("{\"type\":").append(Json.encode(event.type()));
    text.append(",\"").append(content).append("\":").append(event.data());
    text.append(",\"channel\":\"").append(event.channel()); // of plain letters
    if (event.from() != null) {
      text.append("\",\"from\":").append(Json.encode(event.from()));
      text.setLength(text.length() - 1);
    }
    if (event.id() != null) text.append("\",\"id\":\"").append(event.id());
    text.append("\",\"timestamp\":\"").append(Instant.ofEpochMilli(event.at()));
    if (this == PAYLOAD) text.append("\",\"version\":\"").append(VERSION);
    return text.append("\"}").toString();
  }

  /** A frame's text; {@code requestId} may be null. */
  public String write(String type, Object said, String requestId) {
    JsonObject frame = new JsonObject().put("type", type).put(content, said);
    if (requestId != null) frame.put("requestId", requestId);
    if (this == PAYLOAD) {
      frame.put("timestamp", Instant.now().truncatedTo(ChronoUnit.MILLIS).toString());
      frame.put("version", VERSION);
    }
    return frame.encode();
  }
}
