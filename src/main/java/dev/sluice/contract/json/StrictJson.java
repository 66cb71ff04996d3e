package dev.sluice.contract.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.io.JsonEOFException;
import dev.sluice.call.Failure;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;

/**
 * Reads one JSON text (RFC 8259) as nobody can read it otherwise: UTF-8 alone, one value with
 * nothing after it, each member's name once, no text that a store cannot keep. In linear time, and
 * without recursion.
 */
public final class StrictJson {
  /** The bounds are ours; and a table of all names ever seen is what an attacker would fill. */
  private static final JsonFactory JSON =
      JsonFactory.builder()
          .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(Integer.MAX_VALUE)
                  .maxNumberLength(Integer.MAX_VALUE)
                  .maxNameLength(Integer.MAX_VALUE)
                  .maxStringLength(Integer.MAX_VALUE)
                  .build())
          .build();

  private static final char BYTE_ORDER_MARK = '\uFEFF';
  private static final int LONGEST_PLACE = 200;

  private final JsonSettings most;
  private final Deque<Level> levels = new ArrayDeque<>();
  private final List<Object> root = new ArrayList<>(1);
  private int values;

  private StrictJson(JsonSettings most) {
    this.most = most;
  }

  /**
   * The value that the bytes are: JsonObject, JsonArray, String, a Number, Boolean or null. Throws
   * {@link Failure} VALIDATION_ERROR with the place, a JSON pointer (RFC 6901), and the reason.
   */
  public static Object read(Buffer bytes, JsonSettings most) {
    CharBuffer text = text(bytes.getBytes());
    if (text.hasRemaining() && text.get(0) == BYTE_ORDER_MARK) {
      throw refused("body", "begins with a byte order mark; leave it out");
    }
    try (JsonParser parser = JSON.createParser(text.array(), 0, text.limit())) {
      return new StrictJson(most).read(parser);
    } catch (IOException e) {
      throw new UncheckedIOException(e); // nothing is read from anywhere
    }
  }

  /** What is not UTF-8 (RFC 8259 §8.1) is refused, never repaired. */
  private static CharBuffer text(byte[] bytes) {
    ByteBuffer in = ByteBuffer.wrap(bytes);
    CharBuffer out = CharBuffer.allocate(bytes.length);
    CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
    CoderResult result = decoder.decode(in, out, true);
    if (result.isError()) {
      String reason = "is not UTF-8, as all JSON is: see byte " + (in.position() + 1);
      throw refused("body", reason);
    }
    return out.flip();
  }

  private Object read(JsonParser parser) throws IOException {
    try {
      for (JsonToken token; (token = parser.nextToken()) != null; ) {
        if (isWhole()) throw tooMuch();
        take(token, parser);
      }
    } catch (JsonProcessingException e) {
      if (isWhole()) throw tooMuch();
      if (e instanceof JsonEOFException) throw wrong("is not valid JSON: it ends too early");
      int line = e.getLocation().getLineNr();
      int column = e.getLocation().getColumnNr();
      throw wrong("is not valid JSON: see line " + line + ", column " + column);
    }
    if (root.isEmpty()) throw wrong("is not valid JSON: there is only white space");
    return json(root.get(0));
  }

  /** As Vert.x has it: what is within is wrapped when it is looked at. */
  @SuppressWarnings("unchecked") // a map is one of ours
  private static Object json(Object value) {
    if (value instanceof Map<?, ?> map) return new JsonObject((Map<String, Object>) map);
    return value instanceof List<?> list ? new JsonArray(list) : value;
  }

  private void take(JsonToken token, JsonParser parser) throws IOException {
    switch (token) {
      case FIELD_NAME -> name(parser.currentName());
      case START_OBJECT -> open(Level.object());
      case START_ARRAY -> open(Level.array());
      case END_OBJECT, END_ARRAY -> put(levels.pop().value());
      default -> {
        count();
        put(scalar(token, parser));
      }
    }
  }

  private void open(Level level) {
    count();
    if (levels.size() == most.depth()) {
      throw wrong("is nested more than " + most.depth() + " levels deep");
    }
    levels.push(level);
  }

  private void count() {
    if (++values > most.values()) {
      throw refused("body", "has more than " + most.values() + " values");
    }
  }

  private void name(String name) {
    if (name.length() > most.nameLength()) {
      throw wrong("has a name of more than " + most.nameLength() + " characters");
    }
    check(name, "has a name with ");
    levels.element().enter(name);
    String refusal = levels.element().refusal(name);
    if (refusal != null) throw wrong(refusal);
  }

  private Object scalar(JsonToken token, JsonParser parser) throws IOException {
    return switch (token) {
      case VALUE_STRING -> {
        String text = parser.getText();
        check(text, "has ");
        yield text;
      }
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> number(parser);
      case VALUE_TRUE -> Boolean.TRUE;
      case VALUE_FALSE -> Boolean.FALSE;
      default -> null;
    };
  }

  private Number number(JsonParser parser) throws IOException {
    if (parser.getTextLength() > most.numberLength()) {
      throw wrong("is a number of more than " + most.numberLength() + " characters");
    }
    Number number = parser.getNumberValue();
    if (number instanceof Double d && d.isInfinite()) throw wrong("is too large a number");
    return number;
  }

  /**
   * What a text has that no store can keep, or null: PostgreSQL takes no NUL, and UTF-8 has no form
   * of half a character (RFC 8259 §8.2).
   */
  public static String unkept(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == 0) return "a NUL, \\u0000, in it";
      if (!Character.isSurrogate(c)) continue;
      boolean pair = i + 1 < text.length() && Character.isSurrogatePair(c, text.charAt(i + 1));
      if (!pair) return "half a surrogate pair, \\u%04x, in it".formatted((int) c);
      i++;
    }
    return null;
  }

  private void check(String text, String has) {
    String unkept = unkept(text);
    if (unkept != null) throw wrong(has + unkept);
  }

  private void put(Object value) {
    if (levels.isEmpty()) root.add(value);
    else levels.element().put(value);
  }

  private boolean isWhole() {
    return levels.isEmpty() && !root.isEmpty();
  }

  private static Failure tooMuch() {
    return refused("body", "is not valid JSON: there is more after its end");
  }

  /** A refusal of what is being read just now. */
  private Failure wrong(String reason) {
    StringBuilder place = new StringBuilder();
    levels.descendingIterator().forEachRemaining(level -> place.append(level.token()));
    if (place.length() > LONGEST_PLACE) {
      boolean pair = Character.isHighSurrogate(place.charAt(LONGEST_PLACE - 1));
      place.replace(LONGEST_PLACE - (pair ? 1 : 0), place.length(), "…");
    }
    return refused(place.isEmpty() ? "body" : place.toString(), reason);
  }

  private static Failure refused(String place, String reason) {
    return Failure.invalid(place, reason, null)
        .suggest("Send one JSON text (RFC 8259) that can be read in one way alone.");
  }
}
