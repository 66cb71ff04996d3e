package dev.sluice.app.studio.sync;

import dev.sluice.call.Call;
import dev.sluice.call.Failure;
import io.vertx.core.json.JsonObject;
import java.util.Locale;

/**
 * Which version a write says that it changes.
 *
 * @param version 0, that there is none; null where it does not say
 * @param etag of that version; null where the number alone is known
 * @param any that whatever is there may be changed, but something must be (If-Match: *)
 * @param strategy what becomes of the write where that is not the newest
 */
public record Base(Integer version, String etag, boolean any, Strategy strategy) {

  /** What becomes of a write that is not of the newest version. */
  public enum Strategy {
    REJECT,
    MERGE,
    OVERWRITE
  }

  /**
   * By If-Match, or by baseVersion in the body or the query. Throws VALIDATION_ERROR where these
   * say different things.
   *
   * @param body empty where a call has none
   */
  public static Base of(Call call, JsonObject body) {
    Strategy strategy =
        Strategy.valueOf(body.getString("strategy", "reject").toUpperCase(Locale.ROOT));
    Integer told = body.getInteger("baseVersion");
    if (told == null && call.params().has("baseVersion")) {
      told = call.params().integer("baseVersion", 0);
    }
    String match = call.params().text("If-Match");
    if (match == null) return new Base(told, null, false, strategy);
    if (match.trim().equals("*")) return new Base(told, null, told == null, strategy);
    String etag = Etag.plain(match);
    if (etag == null) {
      throw Failure.invalid("If-Match", "is no ETag that a load or a save has answered", match);
    }
    int version = Etag.version(etag);
    if (told != null && told != version) {
      throw Failure.invalid("baseVersion", "is another version than If-Match says", told);
    }
    return new Base(version, etag, false, strategy);
  }

  /** This version and no other, whatever was said before. */
  public static Base exactly(int version, Strategy strategy) {
    return new Base(version, null, false, strategy);
  }

  /** What the SHA-256 of its content begins with, 8 bytes; null where that is not known. */
  public byte[] begins() {
    return etag == null ? null : Etag.begins(etag);
  }

  /** Whether it says anything at all. */
  public boolean isGiven() {
    return any || version != null;
  }

  /** Whether what is there is what it says; nothing is there where the version is 0. */
  public boolean names(int current, String currentEtag) {
    if (any) return current > 0;
    return version != null && version == current && (etag == null || etag.equals(currentEtag));
  }

  /** The version that the client has, for people: 0 where it knows of none. */
  public int local() {
    return version == null ? 0 : version;
  }
}
