package dev.sluice.sandbox;

import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * One operation of a simulated provider.
 *
 * @param path a Vert.x Web path, so {@code /v1/things/:id} has a parameter
 * @param when tells operations that share method and path apart, by headers alone
 * @param answer called on the sandbox's event loop once the body is read; must not block
 */
public record Operation(
    String name,
    HttpMethod method,
    String path,
    Predicate<HttpServerRequest> when,
    Function<RoutingContext, Answer> answer) {

  /** The name under which calls are counted that match no operation of their provider. */
  public static final String UNKNOWN = "unknown";

  /** An operation that its method and path tell. */
  public static Operation of(
      String name, HttpMethod method, String path, Function<RoutingContext, Answer> answer) {
    return new Operation(name, method, path, request -> true, answer);
  }
}
