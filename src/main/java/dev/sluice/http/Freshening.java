package dev.sluice.http;

import dev.sluice.cache.http.HttpCache;
import dev.sluice.cache.http.Plan;
import dev.sluice.cache.http.Stored;
import dev.sluice.framing.Answer;
import dev.sluice.http.forward.RouteSettings;
import io.vertx.core.http.HttpHeaders;

/** What the answer to a HEAD says of a stored GET (RFC 9111 §4.3.5). */
final class Freshening {
  private Freshening() {}

  static void byHead(
      Stored stored, Plan.Request request, RouteSettings route, Answer answer, HttpCache cache) {
    if (stored == null || answer.status() != 200) return;
    String length = answer.field(HttpHeaders.CONTENT_LENGTH);
    boolean same =
        agrees(answer.field(HttpHeaders.ETAG), stored.etag())
            && agrees(answer.field(HttpHeaders.LAST_MODIFIED), stored.modifiedField())
            && agrees(length, Integer.toString(stored.body().length()));
    if (!same) {
      cache.drop(stored);
      return;
    }
    long now = System.currentTimeMillis();
    cache.freshen(stored, request, StoredFields.of(answer, route, now), now);
  }

  private static boolean agrees(String said, String stored) {
    return said == null || said.equals(stored);
  }
}
