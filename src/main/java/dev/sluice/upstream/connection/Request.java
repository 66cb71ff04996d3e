package dev.sluice.upstream.connection;

import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpMethod;

/**
 * The head of a request.
 *
 * @param target path and query
 * @param authority whose the target is: Host, or {@code :authority}
 * @param fields all others; what frames the body is added on the way, but for Content-Length
 */
public record Request(HttpMethod method, String target, String authority, MultiMap fields) {}
