package dev.sluice.app.studio.note;

import static dev.sluice.app.studio.note.Desk.good;
import static dev.sluice.app.studio.note.Desk.note;
import static dev.sluice.app.studio.note.Desk.refused;
import static dev.sluice.app.studio.note.Desk.saying;
import static dev.sluice.harness.RunningGateway.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.Settings;
import dev.sluice.harness.RunningGateway;
import dev.sluice.harness.Sql;
import dev.sluice.harness.Talker;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.client.HttpResponse;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Notes that are written on two machines of one user, and by others. */
class NotesIT {
  private static final String APPS = "identity,traffic,realtime,studio";
  private static final JsonObject NOTHING = new JsonObject();
  private static RunningGateway gateway;
  private static Sql sql;
  private static Desk laptop;
  private static Desk phone;
  private static Desk bob;

  @BeforeAll
  static void start() {
    gateway =
        new RunningGateway(
            Map.of(
                "SLUICE_APPS", APPS,
                "SLUICE_STORE_REDISTIMEOUT", "2s",
                "SLUICE_STUDIO_NOTES_PERUSER", "300",
                "SLUICE_STUDIO_NOTES_VERSIONS", "4"));
    sql = Sql.of(gateway);
    sql.update("SET search_path = studio");
    laptop = Desk.of(gateway, "ada@example.com");
    phone = Desk.of(gateway, "ada@example.com");
    bob = Desk.of(gateway, "bob@example.com");
  }

  @AfterAll
  static void stop() {
    sql.close();
    gateway.close();
  }

  private static JsonObject based(JsonObject note, int version, String strategy) {
    return note.copy().put("baseVersion", version).put("strategy", strategy);
  }

  @Test
  void aNoteIsSavedAndLoaded() {
    JsonObject note = note("Ideas", "one\ntwo", "a", "b").put("device", "laptop");
    HttpResponse<Buffer> made = laptop.post("/notes/save", note);
    assertEquals(201, made.statusCode());
    JsonObject answer = made.bodyAsJsonObject();
    assertEquals(true, answer.getBoolean("success"));
    assertEquals("created", answer.getString("status"));
    assertEquals(1, answer.getInteger("version"));
    assertEquals(7, answer.getInteger("size"));
    assertEquals(made.getHeader("etag"), answer.getString("etag"));
    assertFalse(answer.containsKey("content"));
    HttpResponse<Buffer> loaded = phone.load(note, "");
    JsonObject there = good(loaded);
    assertEquals(answer.getString("etag"), loaded.getHeader("etag"));
    for (String field : List.of("id", "title", "content", "tags", "device")) {
      assertEquals(note.getValue(field), there.getValue(field), field);
    }
    for (String field : List.of("version", "etag", "savedAt", "createdAt", "size")) {
      assertEquals(answer.getValue(field), there.getValue(field), field);
    }
    String[] known = {"If-None-Match", answer.getString("etag")};
    String uri = "/notes/load?id=" + note.getString("id");
    assertEquals(304, laptop.person().get(uri, known).statusCode());
  }

  @Test
  void withoutAnIdItIsANewOne() {
    JsonObject first = laptop.saved(new JsonObject().put("content", ""));
    JsonObject second = laptop.saved(new JsonObject().put("content", ""));
    assertNotEquals(first.getString("id"), second.getString("id"));
    assertEquals(7, UUID.fromString(first.getString("id")).version());
    assertEquals("", laptop.load(first).getString("title"));
  }

  @Test
  void anIdMeansTheSameInAnyCase() {
    JsonObject note = note("t", "c");
    JsonObject upper = note.copy().put("id", note.getString("id").toUpperCase());
    assertEquals(note.getString("id"), laptop.saved(upper).getString("id"));
    assertEquals("unchanged", laptop.saved(note).getString("status"));
    assertEquals("c", laptop.load(upper).getString("content"));
  }

  @Test
  void whoWroteLastGoesOnWritingAndOthersSayOfWhichVersion() {
    JsonObject note = note("t", "one");
    laptop.saved(note);
    assertEquals("saved", laptop.saved(saying(note, "two")).getString("status"));
    JsonObject error =
        refused(409, "SYNC_CONFLICT", phone.post("/notes/save", saying(note, "three")));
    assertTrue(error.getString("message").contains("somebody else"), error::encode);
    JsonObject details = error.getJsonObject("details");
    assertEquals(0, details.getInteger("localVersion"));
    assertEquals(2, details.getInteger("serverVersion"));
    assertEquals(laptop.load(note), details.getJsonObject("server"));
    assertEquals(
        new JsonObject().put("op", "replace").put("path", "/content").put("value", "two"),
        details.getJsonArray("diff").getJsonObject(0));
    JsonObject named = saying(note, "four").put("device", "tablet").put("baseVersion", 2);
    assertEquals(3, phone.saved(named).getInteger("version"));
    JsonObject again = saying(note, "five").put("device", "tablet");
    assertEquals(4, laptop.saved(again).getInteger("version"), "the device is the same");
    JsonObject other = saying(note, "six").put("device", "desk");
    refused(409, "SYNC_CONFLICT", laptop.post("/notes/save", other)); // though the session is
  }

  @Test
  void aStaleVersionIsAConflictUnlessItSaysTheSame() {
    JsonObject note = note("t", "one");
    String first = laptop.saved(note).getString("etag");
    String second = laptop.saved(saying(note, "two")).getString("etag");
    refused(409, "SYNC_CONFLICT", laptop.post("/notes/save", based(note, 1, "reject")));
    refused(409, "SYNC_CONFLICT", laptop.post("/notes/save", note, "If-Match", first));
    refused(409, "SYNC_CONFLICT", laptop.post("/notes/save", based(note, 0, "reject")));
    String strange = "\"2-0123456789abcdef\"";
    refused(409, "SYNC_CONFLICT", laptop.post("/notes/save", note, "If-Match", strange));
    refused(400, "VALIDATION_ERROR", laptop.post("/notes/save", note, "If-Match", "\"mine\""));
    refused(
        400,
        "VALIDATION_ERROR",
        laptop.post("/notes/save", based(note, 1, "reject"), "If-Match", second));
    JsonObject same = based(saying(note, "two"), 1, "reject");
    assertEquals("unchanged", phone.saved(same).getString("status"));
    assertEquals(2, laptop.load(note).getInteger("version"), "nothing has changed");
    JsonObject third = saying(note, "three");
    assertEquals(3, phone.saved(third, "If-Match", second).getInteger("version"));
    assertEquals(4, laptop.saved(saying(note, "four"), "If-Match", "*").getInteger("version"));
  }

  @Test
  void whatIsNotThereIsNoVersionOfAnything() {
    JsonObject note = note("t", "one");
    JsonObject error =
        refused(409, "SYNC_CONFLICT", laptop.post("/notes/save", based(note, 3, "merge")));
    assertEquals(0, error.getJsonObject("details").getInteger("serverVersion"));
    refused(409, "SYNC_CONFLICT", laptop.post("/notes/save", note, "If-Match", "*"));
    assertEquals("created", laptop.saved(based(note, 0, "reject")).getString("status"));
    JsonObject other = note("t", "one");
    assertEquals("created", laptop.saved(based(other, 3, "overwrite")).getString("status"));
  }

  @Test
  void editsOfDifferentLinesAreMerged() {
    JsonObject note = note("t", "a\nb\nc", "x", "y");
    laptop.saved(note);
    JsonObject mine = note("t", "A\nb\nc", "x", "new").put("id", note.getString("id"));
    laptop.saved(mine);
    JsonObject theirs = note("T", "a\nb\nC", "x", "y", "z").put("id", note.getString("id"));
    JsonObject merged = phone.saved(based(theirs, 1, "merge"));
    assertEquals("merged", merged.getString("status"));
    assertEquals(3, merged.getInteger("version"));
    assertEquals("T", merged.getString("title"));
    assertEquals("A\nb\nC", merged.getString("content"));
    assertEquals(new JsonArray(List.of("x", "new", "z")), merged.getJsonArray("tags"));
    JsonObject there = laptop.load(note);
    assertEquals("A\nb\nC", there.getString("content"));
    assertEquals(merged.getString("etag"), there.getString("etag"));
    JsonObject again = phone.saved(based(theirs, 1, "merge"));
    assertEquals("merged", again.getString("status"), "what is there is not what was sent");
    assertEquals(3, again.getInteger("version"));
  }

  @Test
  void editsOfTheSameLineTouch() {
    JsonObject note = note("t", "a\nb");
    laptop.saved(note);
    laptop.saved(saying(note, "A\nb").put("title", "mine"));
    JsonObject theirs = based(saying(note, "X\nb").put("title", "theirs"), 1, "merge");
    JsonObject details =
        refused(409, "SYNC_CONFLICT", phone.post("/notes/save", theirs)).getJsonObject("details");
    assertEquals(new JsonArray(List.of("/title", "/content")), details.getJsonArray("conflicts"));
    assertEquals("A\nb", details.getJsonObject("server").getString("content"));
    assertEquals(2, details.getInteger("serverVersion"));
    JsonObject forced = phone.saved(theirs.put("strategy", "overwrite"));
    assertEquals("overwritten", forced.getString("status"));
    assertEquals("X\nb", laptop.load(note).getString("content"));
    assertEquals("A\nb", good(laptop.load(note, "&version=2")).getString("content"));
  }

  @Test
  void whatIsNotKeptAnyMoreCannotBeMerged() {
    JsonObject note = note("t", "a\nb");
    laptop.saved(note);
    for (int i = 0; i < 4; i++) laptop.saved(saying(note, "a\nb" + i));
    JsonObject late = based(saying(note, "A\nb"), 1, "merge");
    JsonObject error = refused(409, "SYNC_CONFLICT", phone.post("/notes/save", late));
    assertEquals("BASE_GONE", error.getJsonObject("details").getString("reason"));
  }

  /**
   * None of what many have merged at once is lost; four are kept, so that the last has its base.
   */
  @Test
  void mergesAtOnceAreAllThere() {
    JsonObject note = note("t", "0\n1\n2\n3");
    laptop.saved(note);
    List<Future<HttpResponse<Buffer>>> all = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      String content = note.getString("content").replace("" + i, "line " + i);
      Buffer body = based(saying(note, content), 1, "merge").toBuffer();
      Desk desk = i % 2 == 0 ? laptop : phone;
      String[] headers = {desk.bearer()[0], desk.bearer()[1], "Content-Type", "application/json"};
      all.add(gateway.sendAsync(HttpMethod.POST, "/notes/save", body, headers));
    }
    for (var one : all) assertEquals(200, await(one).statusCode(), await(one).bodyAsString());
    JsonObject there = laptop.load(note);
    assertEquals("line 0\nline 1\nline 2\nline 3", there.getString("content"));
    assertEquals(5, there.getInteger("version"));
  }

  @Test
  void oneOfManyWhoMakeItAtOnceHasMadeIt() {
    JsonObject note = note("t", "c");
    List<Future<HttpResponse<Buffer>>> all = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      Buffer body = based(saying(note, "by " + i), 0, "reject").toBuffer();
      String[] headers = {
        laptop.bearer()[0], laptop.bearer()[1], "Content-Type", "application/json"
      };
      all.add(gateway.sendAsync(HttpMethod.POST, "/notes/save", body, headers));
    }
    List<Integer> statuses = all.stream().map(one -> await(one).statusCode()).sorted().toList();
    assertEquals(List.of(201, 409, 409, 409, 409, 409), statuses);
  }

  @Test
  void earlierVersionsAreKeptAndRestored() {
    JsonObject note = note("t", "1");
    for (int i = 1; i <= 6; i++) {
      laptop.saved(saying(note, "" + i).put("device", "d" + i).put("baseVersion", i - 1));
    }
    List<JsonObject> versions = laptop.versions(note);
    assertEquals(List.of(6, 5, 4, 3), versions.stream().map(v -> v.getInteger("version")).toList());
    assertEquals("d5", versions.get(1).getString("device"));
    assertFalse(versions.get(0).containsKey("content"));
    HttpResponse<Buffer> third = laptop.load(note, "&version=3");
    assertEquals("3", good(third).getString("content"));
    assertEquals(versions.get(3).getString("etag"), third.getHeader("etag"));
    refused(404, "VERSION_NOT_FOUND", laptop.load(note, "&version=2"));
    JsonObject wish = new JsonObject().put("version", 3);
    refused(409, "SYNC_CONFLICT", phone.restore(note, wish.copy().put("baseVersion", 5)));
    HttpResponse<Buffer> back = phone.restore(note, wish.copy().put("baseVersion", 6));
    assertEquals("restored", good(back).getString("status"));
    assertEquals("3", good(back).getString("content"));
    assertEquals(7, good(back).getInteger("version"));
    assertEquals(good(back).getString("etag"), back.getHeader("etag"));
    assertEquals("3", laptop.load(note).getString("content"));
    assertEquals("unchanged", good(phone.restore(note, NOTHING)).getString("status"));
    refused(404, "VERSION_NOT_FOUND", phone.restore(note, new JsonObject().put("version", 2)));
    refused(404, "NOTE_NOT_FOUND", phone.restore(note("", ""), wish));
    refused(404, "NOTE_NOT_FOUND", phone.load(note("", ""), ""));
    String unknown = "/notes/versions?id=" + UUID.randomUUID();
    refused(404, "NOTE_NOT_FOUND", phone.person().get(unknown));
  }

  @Test
  void theBinGivesBackWhatWasPutThere() {
    JsonObject note = note("t", "one");
    laptop.saved(note);
    refused(409, "SYNC_CONFLICT", phone.delete(note, "&baseVersion=3"));
    JsonObject deleted = good(phone.delete(note, "&baseVersion=1"));
    assertEquals(2, deleted.getInteger("version"));
    refused(404, "NOTE_NOT_FOUND", laptop.load(note, ""));
    JsonObject binned = good(laptop.load(note, "&version=2"));
    assertEquals("one", binned.getString("content"));
    String until = deleted.getString("restorableUntil");
    assertTrue(until.compareTo(binned.getString("deletedAt")) > 0, until);
    assertEquals(2, good(laptop.delete(note, "")).getInteger("version"), "it is there already");
    JsonObject error =
        refused(409, "SYNC_CONFLICT", laptop.post("/notes/save", based(note, 2, "merge")));
    assertTrue(error.getString("message").contains("bin"), error::encode);
    assertTrue(error.getString("suggestion").contains("/notes/restore"), error::encode);
    JsonObject server = error.getJsonObject("details").getJsonObject("server");
    assertEquals(binned, server);
    JsonObject back = good(laptop.restore(note, new JsonObject().put("baseVersion", 2)));
    assertEquals("restored", back.getString("status"));
    assertEquals(3, back.getInteger("version"));
    assertFalse(laptop.load(note).containsKey("deletedAt"));
    good(laptop.delete(note, "", "If-Match", back.getString("etag")));
    JsonObject forced = based(saying(note, "two"), 4, "overwrite");
    assertEquals("overwritten", laptop.saved(forced).getString("status"));
    assertEquals("two", laptop.load(note).getString("content"));
  }

  @Test
  void whatIsDeletedForeverIsGoneAndItsVersionsDoNotComeAgain() {
    JsonObject note = note("t", "one");
    laptop.saved(note);
    laptop.saved(saying(note, "two"));
    refused(409, "SYNC_CONFLICT", phone.delete(note, "&forever=true&baseVersion=1"));
    JsonObject gone = good(phone.delete(note, "&forever=true&baseVersion=2"));
    assertEquals(3, gone.getInteger("version"));
    assertFalse(gone.containsKey("restorableUntil"));
    refused(404, "NOTE_NOT_FOUND", phone.load(note, "&version=1"));
    refused(404, "NOTE_NOT_FOUND", phone.delete(note, "&forever=true"));
    refused(404, "NOTE_NOT_FOUND", phone.restore(note, NOTHING));
    UUID id = UUID.fromString(note.getString("id"));
    assertEquals(List.of(), sql.rows("SELECT 1 FROM note_versions WHERE id = ?", id));
    refused(409, "SYNC_CONFLICT", laptop.post("/notes/save", based(note, 2, "reject")));
    JsonObject anew = laptop.saved(note);
    assertEquals("created", anew.getString("status"));
    assertEquals(4, anew.getInteger("version"));
  }

  @Test
  void theBinIsEmptiedOfWhatIsThereForLong() {
    JsonObject old = note("old", "one");
    JsonObject young = note("young", "one");
    for (JsonObject note : List.of(old, young)) {
      laptop.saved(note);
      good(laptop.delete(note, ""));
    }
    UUID id = UUID.fromString(old.getString("id"));
    sql.update("UPDATE notes SET deleted_at = now() - interval '31 days' WHERE id = ?", id);
    sql.update("INSERT INTO removed_notes VALUES ('x', ?, 9, now() - interval '31 days')", id);
    reload("identity,traffic,realtime");
    reload(APPS);
    gateway.until(
        "it is emptied", () -> sql.rows("SELECT 1 FROM notes WHERE id = ?", id).isEmpty());
    assertEquals(List.of("3"), sql.rows("SELECT version FROM removed_notes WHERE id = ?", id));
    assertEquals(4, laptop.saved(old).getInteger("version"));
    good(laptop.restore(young, NOTHING));
  }

  private static void reload(String apps) {
    Map<String, String> environment = new HashMap<>(gateway.environment());
    environment.put("SLUICE_APPS", apps);
    Settings settings = Settings.load(gateway.file(), environment, Map.of());
    await(gateway.gateway().reload(settings, gateway.mounts(settings), Set.of()));
  }

  @Test
  void anothersNoteIsNotThere() {
    JsonObject note = note("t", "mine");
    laptop.saved(note);
    refused(404, "NOTE_NOT_FOUND", bob.load(note, ""));
    refused(404, "NOTE_NOT_FOUND", bob.load(note, "&version=1"));
    refused(404, "NOTE_NOT_FOUND", bob.delete(note, "&forever=true"));
    refused(404, "NOTE_NOT_FOUND", bob.restore(note, new JsonObject().put("version", 1)));
    refused(404, "NOTE_NOT_FOUND", bob.person().get("/notes/versions?id=" + note.getString("id")));
    assertEquals("created", bob.saved(saying(note, "his")).getString("status"));
    assertEquals("mine", laptop.load(note).getString("content"));
    refused(401, "UNAUTHORIZED", gateway.get("/notes/load?id=" + note.getString("id")));
  }

  @Test
  void aRepeatIsDoneOnce() {
    JsonObject note = note("t", "one");
    String[] key = {"Idempotency-Key", UUID.randomUUID().toString()};
    HttpResponse<Buffer> first = laptop.post("/notes/save", note, key);
    laptop.saved(saying(note, "two"));
    HttpResponse<Buffer> again = laptop.post("/notes/save", note, key);
    assertEquals("true", again.getHeader("idempotent-replayed"));
    assertEquals(good(first), good(again));
    assertEquals("two", laptop.load(note).getString("content"));
    JsonObject stale = based(saying(note, "x"), 1, "reject");
    String[] other = {"Idempotency-Key", UUID.randomUUID().toString()};
    JsonObject refusal = refused(409, "SYNC_CONFLICT", laptop.post("/notes/save", stale, other));
    JsonObject repeated = refused(409, "SYNC_CONFLICT", laptop.post("/notes/save", stale, other));
    assertEquals(refusal.getJsonObject("details"), repeated.getJsonObject("details"));
  }

  @Test
  void itMayBeDoneLater() {
    JsonObject note = note("t", "one");
    HttpResponse<Buffer> put = laptop.post("/notes/save", note, "Prefer", "respond-async");
    assertEquals(202, put.statusCode(), put.bodyAsString());
    String job = put.getHeader("location");
    gateway.until(
        "it is done", () -> good(laptop.person().get(job)).getString("state").equals("succeeded"));
    assertEquals("one", laptop.load(note).getString("content"));
    assertEquals("saved", laptop.saved(saying(note, "two")).getString("status"));
  }

  /** And who looks then sees it. */
  @Test
  void otherDevicesHearOfEachChange() {
    String channel = "user:" + laptop.person().user.getString("id");
    JsonObject note = note("t", "a\nb");
    try (Talker talker = Talker.open(gateway.port(), "/ws", phone.person().accessToken)) {
      talker.say("SUBSCRIBE", new JsonObject().put("channel", channel)).hear("SUBSCRIBED");
      JsonObject made = laptop.saved(note.copy().put("device", "laptop"));
      JsonObject heard = talker.hear("NOTE_CHANGED");
      for (String field : List.of("id", "version", "etag", "status", "device", "savedAt")) {
        assertEquals(made.getValue(field), heard.getValue(field), field);
      }
      for (int i = 2; i < 12; i++) {
        laptop.saved(saying(note, i + "\nb"), "Idempotency-Key", UUID.randomUUID().toString());
        assertEquals(i, talker.hear("NOTE_CHANGED").getInteger("version"));
        assertEquals(i, phone.load(note).getInteger("version"));
      }
      laptop.saved(saying(note, "11\nb"));
      phone.saved(based(saying(note, "10\nB"), 10, "merge"));
      assertEquals("merged", talker.hear("NOTE_CHANGED").getString("status"));
      laptop.delete(note, "");
      laptop.restore(note, NOTHING);
      laptop.delete(note, "&forever=true");
      for (String status : List.of("deleted", "restored", "removed")) {
        assertEquals(status, talker.hear("NOTE_CHANGED").getString("status"));
      }
    }
  }

  @Test
  void thereAreSoManyOfOneUser() {
    String user = bob.person().user.getString("id");
    sql.update("DELETE FROM notes WHERE owner = ?", user);
    sql.update(
        "INSERT INTO notes (owner, id, version, title, content, tags, hash, saved_at, created_at)"
            + " SELECT ?, gen_random_uuid(), 1, '', '', '{}', '', now(), now()"
            + " FROM generate_series(1, 299)",
        user);
    JsonObject last = note("t", "one");
    bob.saved(last);
    refused(409, "TOO_MANY_NOTES", bob.post("/notes/save", note("t", "two")));
    assertEquals("saved", bob.saved(saying(last, "two")).getString("status"));
    bob.delete(last, "");
    refused(409, "TOO_MANY_NOTES", bob.post("/notes/save", note("t", "two")));
    bob.delete(last, "&forever=true");
    assertEquals("created", bob.saved(note("t", "two")).getString("status"));
    sql.update("DELETE FROM notes WHERE owner = ?", user);
  }

  @Test
  void whoIsForgottenLeavesNoNotes() {
    Desk eve = Desk.of(gateway, "eve@example.com");
    JsonObject note = note("t", "one");
    eve.saved(note);
    eve.saved(saying(note, "two"));
    JsonObject gone = note("t", "gone");
    eve.saved(gone);
    eve.delete(gone, "&forever=true");
    eve.saved(note("t", "binned"));
    eve.delete(note, "");
    JsonObject report = good(eve.person().send(HttpMethod.DELETE, "/users/me", null));
    assertTrue(report.encode().contains("\"studio\":{\"notes\":2}"), report::encode);
    String user = eve.person().user.getString("id");
    for (String table : List.of("notes", "note_versions", "removed_notes")) {
      assertEquals(List.of(), sql.rows("SELECT 1 FROM " + table + " WHERE owner = ?", user));
    }
  }

  /** Of every kind that a full-text index could choke on: it is saved, loaded and found. */
  @ParameterizedTest
  @ValueSource(strings = {"one word", "unique words", "characters", "parts", "four bytes"})
  void theLargestThereCanBeIsSaved(String kind) {
    JsonObject note = note("largest " + kind, largest(kind), "largest");
    JsonObject made = laptop.saved(note);
    assertEquals("created", made.getString("status"));
    JsonObject there = laptop.load(note);
    assertEquals(note.getString("content"), there.getString("content"));
    assertTrue(laptop.titles("q", "\"largest " + kind + "\"").contains("largest " + kind));
    refused(400, "VALIDATION_ERROR", laptop.post("/notes/save", saying(note, largest(kind) + "a")));
    laptop.delete(note, "&forever=true");
  }

  private static String largest(String kind) {
    int length = 262_144;
    StringBuilder text = new StringBuilder();
    for (int i = 0; text.codePointCount(0, text.length()) < length; ) {
      for (int chunk = 0; chunk < 10_000; chunk++, i++) {
        switch (kind) {
          case "one word" -> text.append('a');
          case "unique words" -> text.append(Integer.toString(i, 36)).append(' ');
          case "characters" ->
              text.appendCodePoint(0x4e00 + i % 20_000)
                  .appendCodePoint(0x4e00 + i / 20_000)
                  .append(' ');
          case "parts" -> text.append("a-b.c/");
          default -> text.appendCodePoint(0x20000 + i % 40_000).append(i % 7 == 0 ? " " : "");
        }
      }
    }
    return text.substring(0, text.offsetByCodePoints(0, length));
  }

  @Test
  void whatNoNoteCanBeIsRefused() {
    JsonObject note = note("t", "one");
    List<JsonObject> bad =
        List.of(
            saying(note, "a\u0000b"),
            note.copy().put("title", "\u0000"),
            note.copy().put("title", "x".repeat(201)),
            note.copy().put("tags", new JsonArray(List.of("a", "a"))),
            note.copy().put("tags", new JsonArray(List.of("a,b"))),
            note.copy().put("id", "../" + UUID.randomUUID()),
            note.copy().put("baseVersion", -1),
            note.copy().put("strategy", "hope"),
            note.copy().put("more", 1),
            new JsonObject().put("title", "t"));
    for (JsonObject one : bad) {
      refused(400, "VALIDATION_ERROR", laptop.post("/notes/save", one));
    }
    refused(404, "NOTE_NOT_FOUND", laptop.load(note, ""));
    refused(400, "VALIDATION_ERROR", laptop.person().get("/notes/load?id=7"));
    refused(400, "VALIDATION_ERROR", laptop.load(note, "&version=0"));
    refused(400, "VALIDATION_ERROR", laptop.delete(note, "&baseVersion=1", "If-Match", "\"x\""));
    refused(404, "NOTE_NOT_FOUND", laptop.delete(note, ""));
  }
}
