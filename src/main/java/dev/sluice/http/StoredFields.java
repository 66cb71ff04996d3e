package dev.sluice.http;

import dev.sluice.http.forward.Fields;
import dev.sluice.http.forward.RouteSettings;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpVersion;

/** The fields of an upstream's response as a cache keeps them (RFC 9111 §3.1). */
final class StoredFields {
  private StoredFields() {}

  static MultiMap of(HttpClientResponse answer, RouteSettings route) {
    MultiMap fields = MultiMap.caseInsensitiveMultiMap();
    copy(answer, fields, route);
    return fields;
  }

  /** Copies the fields that are for whoever comes next. */
  static void copy(HttpClientResponse answer, MultiMap to, RouteSettings route) {
    boolean http2 = answer.version() == HttpVersion.HTTP_2;
    Fields.ofResponse(answer.headers(), to, route, http2);
  }
}
