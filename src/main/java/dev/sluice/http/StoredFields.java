package dev.sluice.http;

import dev.sluice.http.forward.Fields;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;

/** The fields of an upstream's response as a cache keeps them (RFC 9111 §3.1). */
final class StoredFields {
  private StoredFields() {}

  /**
   * Without what is for one connection or one proxy alone, and with a Date where the upstream has
   * none (RFC 9110 §6.6.1). Throws IllegalArgumentException where a field cannot be sent on.
   */
  static MultiMap of(MultiMap received, long now) {
    MultiMap fields = HttpHeaders.headers();
    Fields.ofResponse(received, fields, "1.1");
    fields.remove("proxy-authentication-info");
    if (!fields.contains(HttpHeaders.DATE)) {
      fields.set(HttpHeaders.DATE, StandingHeaders.imfFixdate(now / 1000));
    }
    return fields;
  }
}
