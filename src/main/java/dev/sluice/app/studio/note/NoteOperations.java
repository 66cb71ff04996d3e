package dev.sluice.app.studio.note;

import dev.sluice.app.App.Handler;
import dev.sluice.app.Engine;
import dev.sluice.app.studio.note.Listing.Found;
import dev.sluice.app.studio.note.Noted.Verdict;
import dev.sluice.app.studio.note.Notes.Writer;
import dev.sluice.app.studio.note.Saving.Saved;
import dev.sluice.app.studio.sync.Base;
import dev.sluice.call.Body;
import dev.sluice.call.Call;
import dev.sluice.call.Reply;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.SqlClient;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.Supplier;

/** Notes (seed 000). */
public final class NoteOperations {
  private static final int LARGE = 32 * 1024; // bytes that an event loop does not make JSON of

  private final Engine engine;
  private final Telling telling;

  public NoteOperations(Engine engine) {
    this.engine = engine;
    this.telling = new Telling(engine);
  }

  public Map<String, Handler> handlers() {
    return Map.of(
        "saveNote", this::saveNote,
        "loadNote", this::loadNote,
        "listNotes", this::listNotes,
        "deleteNote", this::deleteNote,
        "listNoteVersions", this::listNoteVersions,
        "restoreNote", this::restoreNote);
  }

  /** Removes all notes of a user; gives how many. */
  public Future<Map<String, Long>> forget(String user) {
    return notes().forget(user);
  }

  private Future<Reply> saveNote(Call call) {
    JsonObject body = call.body().object();
    String id = body.getString("id");
    Saving saving =
        new Saving(
            engine,
            writer(call, id == null ? NoteId.next() : UUID.fromString(id)),
            Said.of(body),
            body.getString("device"),
            Base.of(call, body));
    return write(
        call,
        sql ->
            saving
                .make(new Notes(sql))
                .compose(
                    saved -> {
                      Change change = change(saved);
                      return done(change, saved.merged()).map(change::answeredBy);
                    }));
  }

  /** What a merge has found to be there already is no change, but news to the client. */
  private static Change change(Saved saved) {
    Noted noted = saved.noted();
    String status = saved.merged() ? "merged" : status(noted.verdict());
    return new Change(noted.note(), status, noted.isChange());
  }

  private Future<Reply> loadNote(Call call) {
    Integer version = call.params().has("version") ? call.params().integer("version", 0) : null;
    return notes()
        .find(owner(call), id(call), version)
        .compose(note -> note == null ? lost(call, version) : json(note, note::whole));
  }

  /** That there is no such note, or none of that version. */
  private Future<Reply> lost(Call call, Integer version) {
    if (version == null) return Future.failedFuture(Refusals.missing());
    return notes()
        .versions(owner(call), id(call))
        .compose(
            kept ->
                Future.failedFuture(kept.isEmpty() ? Refusals.missing() : Refusals.forgotten()));
  }

  private Future<Reply> listNotes(Call call) {
    String asked = call.params().text("q");
    int limit = call.params().integer("limit", 20);
    Listing listing =
        new Listing(
            owner(call),
            tags(call),
            call.params().flag("bin"),
            asked == null ? null : Wanted.of(asked),
            Place.of(call));
    return listing.read(database(), limit + 1).map(found -> page(found, limit));
  }

  private static List<String> tags(Call call) {
    return call.params().values().get("tag") instanceof List<?> tags
        ? tags.stream().map(String.class::cast).toList()
        : List.of();
  }

  private static Reply page(List<Found> found, int limit) {
    JsonArray notes = new JsonArray();
    found.stream().limit(limit).forEach(one -> notes.add(one.facts()));
    JsonObject page = new JsonObject().put("notes", notes);
    if (found.size() > limit) page.put("nextCursor", found.get(limit - 1).place().cursor());
    return Reply.json(page).with("cache-control", "no-store");
  }

  private Future<Reply> deleteNote(Call call) {
    Base base = Base.of(call, new JsonObject());
    Writer writer = writer(call, id(call));
    boolean forever = call.params().flag("forever");
    return write(
        call,
        sql ->
            new Notes(sql)
                .delete(writer, base, forever, settings())
                .compose(noted -> refused(noted, base))
                .map(noted -> change(noted).answeredBy(deleted(noted))));
  }

  private Reply deleted(Noted noted) {
    Note note = noted.note();
    JsonObject body =
        new JsonObject()
            .put("success", true)
            .put("id", note.id().toString())
            .put("version", note.version());
    if (noted.verdict() != Verdict.REMOVED) {
      Instant until = note.deletedAt().plus(settings().bin());
      body.put("restorableUntil", until.toString());
    }
    return Reply.json(body);
  }

  private Future<Reply> listNoteVersions(Call call) {
    return notes()
        .versions(owner(call), id(call))
        .map(
            versions -> {
              if (versions.isEmpty()) throw Refusals.missing();
              JsonArray shown = new JsonArray();
              versions.forEach(version -> shown.add(version.facts()));
              return Reply.json(
                  new JsonObject()
                      .put("id", versions.get(0).id().toString())
                      .put("versions", shown));
            });
  }

  private Future<Reply> restoreNote(Call call) {
    JsonObject body = call.body().object();
    Base base = Base.of(call, body);
    Writer writer = writer(call, UUID.fromString(body.getString("id")));
    return write(
        call,
        sql ->
            new Notes(sql)
                .restore(writer, body.getInteger("version"), base, settings())
                .compose(noted -> refused(noted, base))
                .compose(
                    noted -> {
                      Change change = change(noted);
                      return done(change, true).map(change::answeredBy);
                    }));
  }

  /** A change that has been made, unless {@code real} is false, and the answer to who made it. */
  private record Change(Note note, String status, boolean real, Reply reply) {
    Change(Note note, String status, boolean real) {
      this(note, status, real, null);
    }

    Change answeredBy(Reply reply) {
      return new Change(note, status, real, reply);
    }
  }

  private static Change change(Noted noted) {
    return new Change(noted.note(), status(noted.verdict()), noted.isChange());
  }

  private static String status(Verdict verdict) {
    return verdict.name().toLowerCase(Locale.ROOT);
  }

  /** Does it as one, and tells of it once it has happened. */
  private Future<Reply> write(Call call, Function<SqlClient, Future<Change>> work) {
    AtomicReference<Change> made = new AtomicReference<>();
    return engine
        .statement(call, sql -> work.apply(sql).onSuccess(made::set).map(Change::reply))
        .onSuccess(
            reply -> {
              Change change = made.get();
              if (change.real) telling.changed(call, change.note, change.status);
            });
  }

  private Future<Reply> done(Change change, boolean content) {
    Note note = change.note;
    return json(
            note,
            () ->
                (content ? note.whole() : note.facts())
                    .put("success", true)
                    .put("status", change.status))
        .map(
            reply ->
                change.status.equals("created")
                    ? new Reply(201, reply.headers(), reply.body(), reply.cached())
                    : reply);
  }

  private Future<Noted> refused(Noted noted, Base base) {
    return switch (noted.verdict()) {
      case MISSING -> Future.failedFuture(Refusals.missing());
      case FORGOTTEN -> Future.failedFuture(Refusals.forgotten());
      case CONFLICT -> Future.failedFuture(Refusals.conflict(base, noted.note(), null));
      default -> Future.succeededFuture(noted);
    };
  }

  private Future<Reply> json(Note note, Supplier<JsonObject> body) {
    Future<Body> made =
        note.size() > LARGE
            ? engine.aside(() -> Body.json(body.get()))
            : Future.succeededFuture(Body.json(body.get()));
    return made.map(json -> Reply.of(200, json).with("etag", note.etag()));
  }

  private Notes notes() {
    return new Notes(database());
  }

  private SqlClient database() {
    return engine.database("studio");
  }

  private NoteSettings settings() {
    return engine.settings(NoteSettings.class);
  }

  private static Writer writer(Call call, UUID id) {
    return new Writer(owner(call), id, call.caller().session());
  }

  private static String owner(Call call) {
    return call.caller().subject();
  }

  private static UUID id(Call call) {
    return UUID.fromString(call.params().text("id"));
  }
}
