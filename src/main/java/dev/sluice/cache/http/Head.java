package dev.sluice.cache.http;

import io.vertx.core.MultiMap;

/** Status and fields of a response, as an origin sent it. */
public record Head(int status, String reason, MultiMap fields) {
  Head without(CharSequence name) {
    return new Head(status, reason, MultiMap.caseInsensitiveMultiMap().addAll(fields).remove(name));
  }
}
