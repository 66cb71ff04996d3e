package dev.sluice.http;

import io.netty.handler.codec.http.cookie.ServerCookieDecoder;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import java.util.List;

/** A request's cookies (RFC 6265 §5.4). */
final class Cookies {
  private Cookies() {}

  /** The values of that name, as many as there are: HTTP/2 may have them in several fields. */
  static List<String> of(MultiMap headers, String name) {
    return headers.getAll(HttpHeaders.COOKIE).stream()
        .flatMap(field -> ServerCookieDecoder.STRICT.decodeAll(field).stream())
        .filter(cookie -> cookie.name().equals(name))
        .map(io.netty.handler.codec.http.cookie.Cookie::value)
        .toList();
  }
}
