package dev.sluice.app;

import dev.sluice.call.Body;
import dev.sluice.call.Call;
import dev.sluice.call.Params;
import dev.sluice.call.Reply;
import dev.sluice.observe.Metrics;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;

/**
 * Stands around everything that is done for a call, once its caller was let in and its parameters
 * are valid. Made by a public constructor without arguments, one for all event loops: it must not
 * block, unless it is listed with {@code worker: true}. The configuration says what becomes of a
 * call whose interceptor fails.
 */
@FunctionalInterface
public interface Interceptor {

  /**
   * Answers a call: with what {@code next} gives, with something made of it, or on its own. A
   * failed future is an answer, too, where it is a {@link dev.sluice.call.Failure} with a status
   * below 500; any other is a mistake of the interceptor, unless it is what {@code next} gave.
   */
  Future<Reply> answer(Call call, Next next);

  /**
   * Looks at settings, without acting on them. Throws IllegalArgumentException, with a message for
   * a person, where they are no good.
   */
  default void check(JsonObject settings) {}

  /** Made ready before the first call; may block. Where it fails, the gateway does not start. */
  default Future<?> open(Opening opening) {
    return Future.succeededFuture();
  }

  /** Let go after the last call. */
  default Future<?> close() {
    return Future.succeededFuture();
  }

  /** The rest of a call's way; taken once, and no later than the time that the interceptor has. */
  interface Next {
    /** What the call is answered with as it came. */
    Future<Reply> answer();

    /**
     * What it is answered with when it asks for something else. Who asks, and for which operation,
     * stays; what is asked is held against the contract again.
     */
    Future<Reply> answer(Params params, Body body);
  }

  /**
   * What it may work with.
   *
   * @param settings its own of the configuration
   * @param metrics where it may count what it does
   */
  record Opening(Vertx vertx, JsonObject settings, Metrics metrics) {}
}
