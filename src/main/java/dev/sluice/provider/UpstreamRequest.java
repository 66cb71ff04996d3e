package dev.sluice.provider;

import dev.sluice.call.Body;
import dev.sluice.call.Headers;
import io.vertx.core.http.HttpMethod;

/**
 * One HTTP request to a provider.
 *
 * @param method the HTTP method
 * @param url absolute, with its query
 * @param headers fields beyond Host, Content-Type and Content-Length
 * @param body {@link Body#NONE} without one
 * @param idempotent whether sending it twice does no harm
 */
public record UpstreamRequest(
    HttpMethod method, String url, Headers headers, Body body, boolean idempotent) {

  public UpstreamRequest {
    idempotent = idempotent && !body.isStreamed(); // a stream can be read once
  }

  public static UpstreamRequest get(String url, Headers headers) {
    return new UpstreamRequest(HttpMethod.GET, url, headers, Body.NONE, true);
  }
}
