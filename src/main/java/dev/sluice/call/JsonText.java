package dev.sluice.call;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** JSON as it is written: read without making anything of it. */
public final class JsonText {
  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNumberLength(Integer.MAX_VALUE)
                  .maxNameLength(Integer.MAX_VALUE)
                  .maxStringLength(Integer.MAX_VALUE)
                  .build())
          .build();

  private JsonText() {}

  /** Whether they are one value, and nothing else; it is not kept. */
  public static boolean isOne(Buffer bytes) {
    try (JsonParser parser = FACTORY.createParser(bytes.getBytes())) {
      if (parser.nextToken() == null) return false;
      parser.skipChildren();
      return parser.nextToken() == null;
    } catch (IOException e) {
      return false;
    }
  }

  /**
   * The bytes of a member's value, as they are written; null where the object has none of that
   * name. Throws {@link IllegalArgumentException} where this is no object.
   */
  public static Buffer member(Buffer object, String name) {
    String text = object.toString(); // a parser of bytes would keep the names of all it has seen
    try (JsonParser parser = FACTORY.createParser(text)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw new IllegalArgumentException("this is no object");
      }
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        boolean found = parser.currentName().equals(name);
        String value = value(parser, text);
        if (found) return Buffer.buffer(value);
      }
      return null;
    } catch (IOException e) {
      throw new IllegalArgumentException(e);
    }
  }

  /**
   * Of each object of an array the bytes of a member's value, as they are written; null of those
   * that have none of that name. Throws {@link IllegalArgumentException} where this is no array of
   * objects.
   */
  public static List<Buffer> memberOfEach(Buffer array, String name) {
    String text = array.toString();
    List<Buffer> values = new ArrayList<>();
    try (JsonParser parser = FACTORY.createParser(text)) {
      if (parser.nextToken() != JsonToken.START_ARRAY) {
        throw new IllegalArgumentException("this is no array");
      }
      while (parser.nextToken() == JsonToken.START_OBJECT) {
        Buffer found = null;
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
          boolean wanted = parser.currentName().equals(name);
          String value = value(parser, text);
          if (wanted) found = Buffer.buffer(value);
        }
        values.add(found);
      }
      if (parser.currentToken() == JsonToken.END_ARRAY) return values;
      throw new IllegalArgumentException("not all of these are objects");
    } catch (IOException e) {
      throw new IllegalArgumentException(e);
    }
  }

  /** The next value; the parser is behind it then. */
  private static String value(JsonParser parser, String text) throws IOException {
    parser.nextToken();
    int from = (int) parser.currentTokenLocation().getCharOffset();
    parser.skipChildren();
    parser.finishToken(); // a text is read no further than it has to be
    int to = (int) parser.currentLocation().getCharOffset();
    return text.substring(from, to);
  }
}
