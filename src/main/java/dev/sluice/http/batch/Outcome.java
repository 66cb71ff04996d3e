package dev.sluice.http.batch;

import io.vertx.core.MultiMap;
import java.util.function.Supplier;

/**
 * What other parts can refer to.
 *
 * @param body the JSON value or text of the body, read when it is asked for; null without one
 */
public record Outcome(int status, MultiMap headers, Supplier<Object> body) {

  /** Whether those that depend on it can run. */
  public boolean succeeded() {
    return status < 400;
  }
}
