package dev.sluice.http;

import dev.sluice.call.Failure;
import dev.sluice.call.Failure.Category;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;

/** What a client expects before it sends its body (RFC 9110 §10.1.1). */
final class Expectation {
  private Expectation() {}

  /** Fails with 417 where it is anything but {@code 100-continue}; HTTP/1.0 knows of none. */
  static void check(HttpServerRequest request) {
    String expect = request.getHeader(HttpHeaders.EXPECT);
    if (expect == null || request.version() == HttpVersion.HTTP_1_0) return;
    if (expect.equalsIgnoreCase("100-continue")) return;
    throw Failure.of(
            Category.VALIDATION, "EXPECTATION_FAILED", "Nothing but 100-continue is expected here.")
        .status(417)
        .suggest("Send no other Expect.");
  }

  /** Whether the client waits for a 100 before it sends its body. */
  static boolean isOpen(HttpServerRequest request) {
    return request.version() != HttpVersion.HTTP_1_0
        && request.headers().contains(HttpHeaders.EXPECT);
  }
}
