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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** A small app with writes, for what studio does not have. */
public final class Notebook implements App {
  public final AtomicInteger reads = new AtomicInteger();
  private final Map<String, List<String>> books = new ConcurrentHashMap<>();

  @Override
  public String name() {
    return "notebook";
  }

  @Override
  public Map<String, Handler> handlers(Engine engine) {
    Handler ask = call -> askTwitch(engine, call);
    return Map.ofEntries(
        Map.entry("readNotes", this::readNotes),
        Map.entry("addNote", this::addNote),
        Map.entry(
            "getNote", call -> Future.failedFuture(Failure.notFound("NOTE_NOT_FOUND", "No."))),
        Map.entry("echoAnything", Notebook::echo),
        Map.entry("echoAnythingFlat", Notebook::echo),
        Map.entry("getLarge", call -> Future.succeededFuture(Reply.json(large()))),
        Map.entry("getNever", call -> Promise.<Reply>promise().future()),
        Map.entry("getBroken", Notebook::fail),
        Map.entry("getDirect", ask),
        Map.entry("getUrgent", ask),
        Map.entry("getPatient", ask),
        Map.entry("getJoined", ask),
        Map.entry("getQuick", ask));
  }

  /** A user's book goes by the user's id. */
  @Override
  public Future<Map<String, Long>> forget(Engine engine, String user) {
    List<String> book = books.remove(user);
    Map<String, Long> gone = book == null ? Map.of() : Map.of("notes", (long) book.size());
    return Future.succeededFuture(gone);
  }

  /** A call to Twitch that nothing batches: ninja's clips. */
  private static Future<Reply> askTwitch(Engine engine, Call call) {
    Map<String, Object> page =
        Map.of("broadcaster_id", "19571641", "first", call.params().integer("n", 1));
    return engine.ask("twitch", call.ask("clips", page));
  }

  private static Future<Reply> echo(Call call) {
    return Future.succeededFuture(Reply.of(200, call.body()));
  }

  private static Future<Reply> fail(Call call) {
    throw new IllegalStateException("secret: SELECT password FROM users at db.internal");
  }

  private Future<Reply> readNotes(Call call) {
    reads.incrementAndGet();
    List<String> notes = books.getOrDefault(call.params().text("book"), List.of());
    return Future.succeededFuture(Reply.json(new JsonObject().put("data", new JsonArray(notes))));
  }

  private Future<Reply> addNote(Call call) {
    String text = call.body().object().getString("text");
    books.computeIfAbsent(call.params().text("book"), b -> new ArrayList<>()).add(text);
    return Future.succeededFuture(Reply.json(new JsonObject().put("text", text)));
  }

  private static JsonObject large() {
    JsonArray words = new JsonArray();
    for (int i = 0; i < 5000; i++) words.add("word number " + i);
    return new JsonObject().put("data", words);
  }
}
