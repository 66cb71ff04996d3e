package dev.sluice.app.traffic;

import dev.sluice.call.Call;
import dev.sluice.call.Failure;
import dev.sluice.job.Job;
import dev.sluice.job.Records.Cursor;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Base64;
import java.util.UUID;

/** Where a page of jobs ended, as clients carry it on: opaque to them. */
final class JobPage {
  private JobPage() {}

  /** Null for the first page. Throws VALIDATION_ERROR. */
  static Cursor of(Call call) {
    String cursor = call.params().text("cursor");
    if (cursor == null) return null;
    try {
      byte[] bytes = Base64.getUrlDecoder().decode(cursor);
      String[] parts = new String(bytes, StandardCharsets.US_ASCII).split(" ", 2);
      return new Cursor(Instant.parse(parts[0]), UUID.fromString(parts[1]));
    } catch (IllegalArgumentException | DateTimeException | ArrayIndexOutOfBoundsException e) {
      throw Failure.invalid("cursor", "is no nextCursor of a page before", null);
    }
  }

  static String after(Job last) {
    byte[] bytes = (last.created() + " " + last.id()).getBytes(StandardCharsets.US_ASCII);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }
}
