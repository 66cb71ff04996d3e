package dev.sluice.http;

import dev.sluice.call.Failure;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonObject;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;
import java.util.function.Consumer;

/**
 * A body cut into what it is made of: the events of text/event-stream (HTML §9.2.6) as {@code
 * {event, id, data}}, the values of NDJSON, pieces of any other text, and of anything else bytes in
 * base64.
 */
abstract class Parts {
  private static final int LONGEST = 1 << 20;

  final Consumer<Object> part;

  private Parts(Consumer<Object> part) {
    this.part = part;
  }

  static Parts of(String type, Consumer<Object> part) {
    String plain = type == null ? "" : type.split(";")[0].strip().toLowerCase(Locale.ROOT);
    return switch (plain) {
      case "text/event-stream" -> new Events(part);
      case "application/x-ndjson", "application/ndjson", "application/jsonl" -> new Values(part);
      default -> plain.startsWith("text/") ? new Text(part) : new Bytes(part);
    };
  }

  abstract void take(Buffer bytes);

  /** There is no more. */
  void end() {}

  private static Object value(String text) {
    try {
      return Json.decodeValue(text);
    } catch (DecodeException e) {
      return text;
    }
  }

  private static final class Bytes extends Parts {
    private Bytes(Consumer<Object> part) {
      super(part);
    }

    @Override
    void take(Buffer bytes) {
      part.accept(Base64.getEncoder().encodeToString(bytes.getBytes()));
    }
  }

  /** A character may be cut in two. */
  private static class Text extends Parts {
    private final CharsetDecoder decoder =
        StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPLACE)
            .onUnmappableCharacter(CodingErrorAction.REPLACE);
    private byte[] rest = new byte[0];

    private Text(Consumer<Object> part) {
      super(part);
    }

    @Override
    void take(Buffer bytes) {
      ByteBuffer in = ByteBuffer.allocate(rest.length + bytes.length());
      in.put(rest).put(bytes.getBytes()).flip();
      CharBuffer out = CharBuffer.allocate(in.remaining());
      decoder.decode(in, out, false);
      rest = new byte[in.remaining()];
      in.get(rest);
      if (out.flip().hasRemaining()) text(out.toString());
    }

    void text(String text) {
      part.accept(text);
    }
  }

  private abstract static class Lines extends Text {
    private final StringBuilder line = new StringBuilder();
    private boolean wasReturn;

    private Lines(Consumer<Object> part) {
      super(part);
    }

    @Override
    final void text(String text) {
      for (int i = 0; i < text.length(); i++) {
        char c = text.charAt(i);
        if (c == '\r' || c == '\n' && !wasReturn) next();
        else if (c != '\n') line.append(c);
        wasReturn = c == '\r';
      }
      if (line.length() > LONGEST) {
        throw Failure.of(Failure.Category.UPSTREAM, "STREAM_BROKEN", "A part is too large.");
      }
    }

    private void next() {
      String whole = line.toString();
      line.setLength(0);
      line(whole);
    }

    abstract void line(String line);

    @Override
    void end() {
      if (line.length() > 0) next();
    }
  }

  private static final class Values extends Lines {
    private Values(Consumer<Object> part) {
      super(part);
    }

    @Override
    void line(String line) {
      if (!line.isBlank()) part.accept(value(line));
    }
  }

  private static final class Events extends Lines {
    private final StringBuilder data = new StringBuilder();
    private String event;
    private String id;
    private boolean any;

    private Events(Consumer<Object> part) {
      super(part);
    }

    @Override
    void line(String line) {
      if (line.isEmpty()) {
        dispatch();
        return;
      }
      int colon = line.indexOf(':');
      String field = colon < 0 ? line : line.substring(0, colon);
      String value = colon < 0 ? "" : line.substring(colon + 1);
      if (value.startsWith(" ")) value = value.substring(1);
      switch (field) {
        case "data" -> {
          if (any) data.append('\n');
          data.append(value);
          any = true;
          if (data.length() > LONGEST) {
            throw Failure.of(Failure.Category.UPSTREAM, "STREAM_BROKEN", "A part is too large.");
          }
        }
        case "event" -> event = value;
        case "id" -> id = value;
        default -> {} // a comment, or of a later version
      }
    }

    /** One that is not ended is none. */
    private void dispatch() {
      if (any) {
        JsonObject said = new JsonObject();
        if (event != null) said.put("event", event);
        if (id != null) said.put("id", id);
        part.accept(said.put("data", value(data.toString())));
      }
      data.setLength(0);
      event = null;
      any = false;
    }
  }
}
