package dev.sluice.http;

import dev.sluice.call.Failure;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.util.List;

/**
 * How a client says who it is where a browser can send no Authorization: with sockets and event
 * streams.
 *
 * @param authorization as the header field would be; null, nobody
 * @param protocol what is answered of the socket's protocols that it offers; null, none
 */
record Credential(String authorization, String protocol) {
  private static final String BEARER = "bearer";

  /** Of a request that offers those protocols: by header, {@code bearer, <token>}, or query. */
  static Credential of(HttpServerRequest request, List<String> protocols) {
    List<String> headers = request.headers().getAll(HttpHeaders.AUTHORIZATION);
    if (headers.size() > 1) throw Failure.invalid("Authorization", "stands there twice", null);
    int bearer = protocols.indexOf(BEARER);
    if (bearer >= 0 && bearer + 1 == protocols.size()) {
      throw Failure.invalid("Sec-WebSocket-Protocol", "has no token behind bearer", null);
    }
    String protocol = bearer >= 0 ? BEARER : protocols.isEmpty() ? null : protocols.get(0);
    String token = bearer >= 0 ? protocols.get(bearer + 1) : request.getParam("token");
    String authorization = headers.isEmpty() ? null : headers.get(0);
    if (authorization == null && token != null) authorization = "Bearer " + token;
    return new Credential(authorization, protocol);
  }

  /** Who asks, by this. */
  Admission.Asking asking(Exchange exchange) {
    MultiMap headers = MultiMap.caseInsensitiveMultiMap();
    String agent = exchange.request.getHeader(HttpHeaders.USER_AGENT);
    if (agent != null) headers.add(HttpHeaders.USER_AGENT, agent);
    if (authorization != null) headers.add(HttpHeaders.AUTHORIZATION, authorization);
    return new Admission.Asking(headers, exchange.client, exchange::counted);
  }

  @Override
  public String toString() {
    return "Credential[" + protocol + "]";
  }
}
