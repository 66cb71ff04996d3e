package dev.sluice.harness;

import dev.sluice.app.App;
import dev.sluice.app.Engine;
import dev.sluice.call.Call;
import dev.sluice.call.Failure;
import dev.sluice.call.Reply;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/**
 * An app whose effects can be counted: entries, each written in the transaction of its call. How a
 * call is to end stands in its body.
 */
public final class Ledger implements App {
  /** Of a configuration without users: somebody whose tokens it takes. */
  public static final String ISSUER =
      """
      identity:
        issuers:
          company: { issuer: a, audience: [a], keysUrl: "http://127.0.0.1:1" }
      """;

  private static final List<String> OPERATIONS =
      List.of("addEntry", "addStrictly", "addLoosely", "addLater", "addInOrder");

  /** Calls that have come to a handler. */
  public final AtomicInteger runs = new AtomicInteger();

  /** What an entry waits for before it is written. */
  public volatile Function<Call, Future<Void>> before = call -> Future.succeededFuture();

  @Override
  public String name() {
    return "ledger";
  }

  @Override
  public Map<String, Handler> handlers(Engine engine) {
    Map<String, Handler> handlers = new HashMap<>();
    handlers.put("listEntries", call -> list(engine, call));
    for (String operation : OPERATIONS) {
      handlers.put(operation, call -> add(engine, call));
    }
    return handlers;
  }

  private Future<Reply> add(Engine engine, Call call) {
    runs.incrementAndGet();
    JsonObject entry = call.body().bytes().toJsonObject();
    return before
        .apply(call)
        .compose(ready -> engine.transaction(call, transaction -> write(transaction, call, entry)))
        .compose(reply -> after(entry, reply));
  }

  private static Future<Reply> write(SqlConnection transaction, Call call, JsonObject entry) {
    String sql = "INSERT INTO entry (account, note) VALUES ($1, $2) RETURNING id";
    return transaction
        .preparedQuery(sql)
        .execute(Tuple.of(call.params().text("account"), entry.getString("note")))
        .compose(
            rows ->
                switch (entry.getString("how", "")) {
                  case "refused" ->
                      Future.failedFuture(
                          Failure.of(Failure.Category.CONFLICT, "NO_MONEY", "There is none.")
                              .detail("balance", 3)
                              .suggest("Earn some."));
                  case "busy" -> Future.failedFuture(Failure.unavailable("BUSY", "Come again."));
                  case "broken" -> throw new IllegalStateException("secret");
                  default -> {
                    long id = rows.iterator().next().getLong(0);
                    JsonObject made =
                        new JsonObject().put("id", id).put("note", entry.getString("note"));
                    yield Future.succeededFuture(
                        Reply.json(made).with("x-entry", Long.toString(id)));
                  }
                });
  }

  /** A process can be killed here: the entry is written, and nobody has been told. */
  private static Future<Reply> after(JsonObject entry, Reply reply) {
    return entry.getString("how", "").equals("silent")
        ? Promise.<Reply>promise().future()
        : Future.succeededFuture(reply);
  }

  private static Future<Reply> list(Engine engine, Call call) {
    return engine.transaction(
        call,
        transaction ->
            transaction
                .preparedQuery("SELECT note FROM entry WHERE account = $1 ORDER BY id")
                .execute(Tuple.of(call.params().text("account")))
                .map(
                    rows -> {
                      JsonArray notes = new JsonArray();
                      rows.forEach(row -> notes.add(row.getString(0)));
                      return Reply.json(new JsonObject().put("notes", notes));
                    }));
  }
}
