package dev.sluice.http;

import dev.sluice.call.Failure;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.util.ArrayList;
import java.util.List;

/**
 * How a client says who it is where a browser can send no Authorization: with sockets and event
 * streams.
 *
 * @param authorization as the field of that name has it; null, nothing is said
 * @param protocol what is answered of the protocols that it offers; null, none
 * @param others the protocols without those that are none
 * @param inQuery whether it stood in the query
 */
record Credential(String authorization, String protocol, List<String> others, boolean inQuery) {
  static final String BEARER = "bearer";
  private static final String TOKEN = "token=";

  /** By Authorization, behind {@code bearer} among the protocols, or as {@code ?token=}. */
  static Credential of(HttpServerRequest request, List<String> protocols) {
    List<String> headers = request.headers().getAll(HttpHeaders.AUTHORIZATION);
    if (headers.size() > 1) throw Failure.invalid("Authorization", "stands there twice", null);
    int bearer = protocols.indexOf(BEARER);
    if (bearer >= 0 && bearer + 1 == protocols.size()) {
      throw Failure.invalid("Sec-WebSocket-Protocol", "has no token behind bearer", null);
    }
    String protocol = bearer >= 0 ? BEARER : protocols.isEmpty() ? null : protocols.get(0);
    String token = bearer >= 0 ? protocols.get(bearer + 1) : token(request.query());
    String authorization = headers.isEmpty() ? null : headers.get(0);
    boolean inQuery = authorization == null && bearer < 0 && token != null;
    if (authorization == null && token != null) authorization = "Bearer " + token;
    List<String> others = new ArrayList<>(protocols);
    if (bearer >= 0) others.subList(bearer, bearer + 2).clear();
    return new Credential(authorization, protocol, List.copyOf(others), inQuery);
  }

  /** Nothing else of a query is read here: it may be an upstream's, and of any form. */
  private static String token(String query) {
    if (query == null) return null;
    for (String pair : query.split("&")) {
      if (pair.startsWith(TOKEN))
        return Query.decode(pair.substring(TOKEN.length()), true, "token");
    }
    return null;
  }

  /** One that nobody asks for: what looks like it is the upstream's. */
  static Credential unasked(List<String> protocols) {
    return new Credential(null, null, protocols, false);
  }

  /** Who asks, by this. */
  Admission.Asking asking(Exchange exchange) {
    MultiMap headers = MultiMap.caseInsensitiveMultiMap();
    String agent = exchange.request.getHeader(HttpHeaders.USER_AGENT);
    if (agent != null) headers.add(HttpHeaders.USER_AGENT, agent);
    if (authorization != null) headers.add(HttpHeaders.AUTHORIZATION, authorization);
    return new Admission.Asking(headers, exchange.client, exchange::counted);
  }

  boolean isProtocol() {
    return BEARER.equals(protocol);
  }

  /** The fields of the request without what was for this gateway alone. */
  void takeOut(MultiMap fields) {
    if (!isProtocol()) return;
    fields.remove("sec-websocket-protocol");
    if (!others.isEmpty()) fields.set("sec-websocket-protocol", String.join(", ", others));
  }

  /** Its target, the same way. */
  String takeOut(String target) {
    int query = target.indexOf('?');
    if (!inQuery || query < 0) return target;
    List<String> rest = new ArrayList<>(List.of(target.substring(query + 1).split("&", -1)));
    rest.removeIf(pair -> pair.startsWith(TOKEN));
    String path = target.substring(0, query);
    return rest.isEmpty() ? path : path + '?' + String.join("&", rest);
  }

  @Override
  public String toString() {
    return "Credential[" + protocol + "]";
  }
}
