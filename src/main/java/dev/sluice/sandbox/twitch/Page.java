package dev.sluice.sandbox.twitch;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;

/**
 * One page of a list, and the cursor to its neighbours. As at Twitch, a cursor is base64 of {@code
 * {"b":…,"a":…}}, where {@code a} serves {@code after} and {@code b} serves {@code before}; the
 * last page has none. It is tied to the query it came from.
 *
 * @see <a href="https://dev.twitch.tv/docs/api/guide/#pagination">Pagination</a>
 */
record Page<T>(List<T> data, Pagination pagination) {

  private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();

  /** Empty on the last page. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Pagination(String cursor) {
    static final Pagination END = new Pagination(null);
  }

  /**
   * Cuts the page that {@code first}, {@code after} and {@code before} ask for.
   *
   * @param identity what the list depends on, apart from those three
   */
  static <T> Page<T> of(List<T> all, Query query, String identity) {
    int size = query.first();
    String after = query.one("after").orElse(null);
    String before = query.one("before").orElse(null);
    if (after != null && before != null) {
      throw TwitchError.badRequest("The before and after query parameters are mutually exclusive.");
    }
    int start = after == null ? 0 : Math.min(position(after, "a", identity), all.size());
    int end = Math.min(start + size, all.size());
    if (before != null) {
      end = Math.min(position(before, "b", identity), all.size());
      start = Math.max(0, end - size);
    }
    Pagination next =
        end == all.size() ? Pagination.END : new Pagination(cursor(start, end, identity));
    return new Page<>(all.subList(start, end), next);
  }

  private static String cursor(int start, int end, String identity) {
    JsonObject cursor =
        new JsonObject()
            .put("b", start == 0 ? null : mark(start, identity))
            .put("a", mark(end, identity));
    return encode(cursor.encode());
  }

  private static JsonObject mark(int position, String identity) {
    return new JsonObject().put("Cursor", encode(position + "|" + identity.hashCode()));
  }

  private static String encode(String text) {
    return ENCODER.encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  private static String decode(String text) {
    return new String(Base64.getUrlDecoder().decode(text), StandardCharsets.UTF_8);
  }

  private static int position(String cursor, String direction, String identity) {
    try {
      String mark =
          decode(new JsonObject(decode(cursor)).getJsonObject(direction).getString("Cursor"));
      int bar = mark.indexOf('|');
      int position = Integer.parseInt(mark.substring(0, bar));
      if (position >= 0 && mark.substring(bar + 1).equals("" + identity.hashCode())) {
        return position;
      }
    } catch (DecodeException
        | IllegalArgumentException
        | NullPointerException
        | ClassCastException
        | IndexOutOfBoundsException e) {
      // whatever else it is, it is no cursor of ours
    }
    throw TwitchError.badRequest(
        "The cursor specified in the before or after query parameter is not valid.");
  }
}
