package dev.sluice.http;

import dev.sluice.http.forward.Fields;
import dev.sluice.http.forward.RouteSettings;
import io.vertx.core.MultiMap;

/** The fields of an upstream's response as a cache keeps them (RFC 9111 §3.1). */
final class StoredFields {
  private StoredFields() {}

  static MultiMap of(MultiMap received, RouteSettings route) {
    MultiMap fields = MultiMap.caseInsensitiveMultiMap();
    Fields.ofResponse(received, fields, route);
    return fields;
  }
}
