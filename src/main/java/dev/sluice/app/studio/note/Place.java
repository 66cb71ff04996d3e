package dev.sluice.app.studio.note;

import dev.sluice.call.Call;
import dev.sluice.call.Failure;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Base64;
import java.util.UUID;

/**
 * Where a page of a list ended: opaque to clients.
 *
 * @param rank how well the last one was found; null where nothing was looked for
 * @param savedAt the order of those with the same rank
 * @param id the order of those saved in the same moment
 */
record Place(Float rank, Instant savedAt, UUID id) {
  private static final Instant NEVER = Instant.parse("9999-12-31T23:59:59Z");

  /** Null for the first page. Throws VALIDATION_ERROR. */
  static Place of(Call call) {
    String cursor = call.params().text("cursor");
    if (cursor == null) return null;
    try {
      byte[] bytes = Base64.getUrlDecoder().decode(cursor);
      String[] parts = new String(bytes, StandardCharsets.US_ASCII).split(" ", -1);
      Float rank = parts.length == 2 ? null : Float.valueOf(parts[2]);
      boolean ranked = call.params().has("q");
      Instant savedAt = Instant.parse(parts[0]);
      boolean usual = savedAt.isAfter(Instant.EPOCH) && savedAt.isBefore(NEVER);
      if (parts.length > 3 || ranked == (rank == null) || !usual) throw wrong();
      return new Place(rank, savedAt, UUID.fromString(parts[1]));
    } catch (IllegalArgumentException | DateTimeException | ArrayIndexOutOfBoundsException e) {
      throw wrong();
    }
  }

  private static Failure wrong() {
    return Failure.invalid("cursor", "is no nextCursor of a page before of the same list", null);
  }

  String cursor() {
    String text = savedAt + " " + id + (rank == null ? "" : " " + rank);
    byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }
}
