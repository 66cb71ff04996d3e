package dev.sluice.contract;

import java.util.List;
import java.util.Map;

/**
 * An operation's {@code x-sluice.upstream}: who answers it, and how the request differs from the
 * one that came in. {@code {parameter}} stands for that parameter's value in {@code path}, {@code
 * query} and {@code headers}, {@code ${VAR}} for the environment's in the latter two.
 *
 * @param name the upstream's, under {@code upstreams} in the configuration
 * @param prefix what stands before the upstream's own paths, such as {@code /v1}
 * @param path the path there; without one, the operation's own
 * @param method the method there; without one, the operation's own
 * @param query parameters that are set
 * @param headers fields that are set; an empty value takes the field out
 * @param forwardHeaders fields of the client's that are passed on; equal calls have equal ones
 * @param responseHeaders fields that are passed back, beside the usual ones
 * @param retry whether a failed attempt may be repeated; without it, where the method is idempotent
 */
public record RelaySettings(
    String name,
    String prefix,
    String path,
    Method method,
    Map<String, String> query,
    Map<String, String> headers,
    List<String> forwardHeaders,
    List<String> responseHeaders,
    Boolean retry) {

  /** The methods an upstream is asked by. */
  public enum Method {
    GET,
    PUT,
    POST,
    DELETE,
    PATCH
  }

  public RelaySettings {
    if (name == null) throw new IllegalArgumentException("the upstream's name is missing");
    if (prefix == null) prefix = "";
    query = query == null ? Map.of() : Map.copyOf(query);
    headers = headers == null ? Map.of() : Map.copyOf(headers);
    forwardHeaders = forwardHeaders == null ? List.of() : List.copyOf(forwardHeaders);
    responseHeaders = responseHeaders == null ? List.of() : List.copyOf(responseHeaders);
    if (!prefix.isEmpty() && !prefix.matches("(/[^/?#{}\\s]+)+")) {
      throw new IllegalArgumentException("prefix must be one such as /v1");
    }
    if (path != null && !path.matches("/[!-~&&[^?#\\\\]]*")) {
      throw new IllegalArgumentException(
          "path must begin with / and have no query, and nothing that is not ASCII");
    }
  }
}
