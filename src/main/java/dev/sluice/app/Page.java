package dev.sluice.app;

import dev.sluice.call.Call;
import dev.sluice.call.Failure;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Base64;
import java.util.UUID;

/** Where a page ended, as clients carry it on: opaque to them. */
public record Page(Instant time, UUID id) {

  /** Null for the first page. Throws VALIDATION_ERROR. */
  public static Page of(Call call) {
    String cursor = call.params().text("cursor");
    if (cursor == null) return null;
    try {
      byte[] bytes = Base64.getUrlDecoder().decode(cursor);
      String[] parts = new String(bytes, StandardCharsets.US_ASCII).split(" ", 2);
      return new Page(Instant.parse(parts[0]), UUID.fromString(parts[1]));
    } catch (IllegalArgumentException | DateTimeException | ArrayIndexOutOfBoundsException e) {
      throw Failure.invalid("cursor", "is no nextCursor of a page before", null);
    }
  }

  public String cursor() {
    byte[] bytes = (time + " " + id).getBytes(StandardCharsets.US_ASCII);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }
}
