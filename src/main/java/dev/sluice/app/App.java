package dev.sluice.app;

import dev.sluice.call.Call;
import dev.sluice.call.Reply;
import dev.sluice.realtime.channel.ChannelKind;
import dev.sluice.store.SealedColumn;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.Map;

/**
 * An app: its contract is the resource {@code apps/<name>/openapi.yaml}, its migrations are {@code
 * apps/<name>/db/V1__what.sql} and so on.
 */
public interface App {

  /** Its name in configuration, and of its resources and database schema. */
  String name();

  /** A handler for each operation of the contract, by operationId. */
  Map<String, Handler> handlers(Engine engine);

  /** The channels that it owns, by what their names begin with, up to the colon. */
  default Map<String, ChannelKind> channels(Engine engine) {
    return Map.of();
  }

  /**
   * Begins what it does of its own accord, on its event loop, once it answers; gives what ends
   * that, when it is not mounted any more.
   */
  default Runnable begin(Engine engine, Vertx vertx) {
    return () -> {};
  }

  /** Columns of its schema that are sealed, so that they are sealed anew when the keys change. */
  default List<SealedColumn> sealed() {
    return List.of();
  }

  /**
   * Removes all that is kept of a user, or that user's name from it; gives how many of each thing,
   * as {@code {saves: 3}}.
   */
  default Future<Map<String, Long>> forget(Engine engine, String user) {
    return Future.succeededFuture(Map.of());
  }

  /** Answers a validated call; a failed future is rendered as the error it is. */
  @FunctionalInterface
  interface Handler {
    Future<Reply> answer(Call call);
  }
}
