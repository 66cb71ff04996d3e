package dev.sluice.http;

import dev.sluice.framing.Answer;
import dev.sluice.http.forward.Fields;
import dev.sluice.http.forward.RouteSettings;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpVersion;

/** The fields of an upstream's response as a cache keeps them (RFC 9111 §3.1). */
final class StoredFields {
  private StoredFields() {}

  /**
   * Without what is for one connection or one proxy alone, and with a Date where the upstream has
   * none (RFC 9110 §6.6.1). Throws IllegalArgumentException where a field cannot be sent on.
   */
  static MultiMap of(Answer answer, RouteSettings route, long now) {
    MultiMap fields = HttpHeaders.headers();
    copy(answer, fields, route);
    fields.remove("proxy-authentication-info");
    if (!fields.contains(HttpHeaders.DATE)) {
      fields.set(HttpHeaders.DATE, StandingHeaders.imfFixdate(now / 1000));
    }
    return fields;
  }

  /** Copies the fields that are for whoever comes next. */
  static void copy(Answer answer, MultiMap to, RouteSettings route) {
    boolean http2 = answer.version() == HttpVersion.HTTP_2;
    Fields.ofResponse(answer.fields(), to, route, http2);
  }
}
