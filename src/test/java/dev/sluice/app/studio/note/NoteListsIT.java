package dev.sluice.app.studio.note;

import static dev.sluice.app.studio.note.Desk.all;
import static dev.sluice.app.studio.note.Desk.good;
import static dev.sluice.app.studio.note.Desk.note;
import static dev.sluice.app.studio.note.Desk.refused;
import static dev.sluice.app.studio.note.Desk.saying;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.harness.RunningGateway;
import dev.sluice.harness.Sql;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is found of a user's notes, in which order, page by page. */
class NoteListsIT {
  private static RunningGateway gateway;
  private static Sql sql;
  private static Desk ada;
  private static Desk bob;

  @BeforeAll
  static void start() {
    gateway =
        new RunningGateway(
            Map.of(
                "SLUICE_APPS", "identity,traffic,realtime,studio",
                "SLUICE_STORE_REDISTIMEOUT", "2s",
                "SLUICE_LIMITS_SEARCH_USER_REQUESTS", "100000"));
    sql = Sql.of(gateway);
    sql.update("SET search_path = studio");
    ada = Desk.of(gateway, "ada@example.com");
    bob = Desk.of(gateway, "bob@example.com");
  }

  @AfterAll
  static void stop() {
    sql.close();
    gateway.close();
  }

  @AfterEach
  void clear() {
    sql.update("DELETE FROM notes");
  }

  private static List<String> sorted(String... query) {
    return ada.titles(query).stream().sorted().toList();
  }

  @Test
  void theOneSavedLastIsFirst() {
    assertEquals(List.of(), ada.titles());
    JsonObject first = note("first", "  one\n\n two  " + "x ".repeat(300));
    for (JsonObject note : List.of(first, note("second", "2"), note("third", ""))) ada.saved(note);
    bob.saved(note("his", "one"));
    assertEquals(List.of("third", "second", "first"), ada.titles());
    ada.saved(first.put("title", "first again"));
    List<JsonObject> notes = ada.notes();
    assertEquals("first again", notes.get(0).getString("title"));
    assertEquals(2, notes.get(0).getInteger("version"));
    assertTrue(notes.get(0).getString("excerpt").startsWith("one two x x"), notes::toString);
    assertTrue(notes.get(0).getString("excerpt").length() <= 200);
    assertFalse(notes.get(0).containsKey("content"));
  }

  @Test
  void allTagsMatch() {
    ada.saved(note("ab", "", "a", "b"));
    ada.saved(note("b", "", "b", "ü x"));
    ada.saved(note("none", ""));
    assertEquals(List.of("b", "ab"), ada.titles("tag", "b"));
    assertEquals(List.of("ab"), ada.titles("tag", "b", "tag", "a"));
    assertEquals(List.of("b"), ada.titles("tag", "ü x"));
    assertEquals(List.of(), ada.titles("tag", "c"));
    assertEquals(List.of("ab"), ada.titles("tag", "a", "q", "ab"));
    refused(400, "VALIDATION_ERROR", ada.list("tag", "a,b\u0000"));
  }

  @Test
  void theBinIsAListOfItsOwn() {
    JsonObject kept = note("kept", "word");
    JsonObject binned = note("binned", "word");
    ada.saved(kept);
    ada.saved(binned);
    ada.delete(binned, "");
    assertEquals(List.of("kept"), ada.titles());
    assertEquals(List.of("kept"), ada.titles("q", "word"));
    assertEquals(List.of("binned"), ada.titles("bin", "true"));
    assertEquals(List.of("binned"), ada.titles("bin", "true", "q", "word"));
    assertTrue(ada.notes("bin", "true").get(0).containsKey("deletedAt"));
    good(ada.restore(binned, new JsonObject()));
    assertEquals(List.of(), ada.titles("bin", "true"));
    assertEquals(2, ada.titles("q", "word").size());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '~',
      value = {
        "run; english",
        "RUNNING; english",
        "dog; english",
        "the dogs; english",
        "\"lazy dogs\"; english",
        "\"dogs lazy\"; nothing",
        "lazy -dogs; nothing",
        "lazy -cats; english",
        "-dogs; cjk,code,german,korean",
        "-dogs häuser; german",
        "häuser; german",
        "Häuser; german",
        "HÄUSER or lazy; english,german",
        "straße; german",
        "über die; german",
        "zitat; german",
        "東京; cjk",
        "東京タワー; cjk",
        "東京 昨日; cjk",
        "昨日 -東京タワーへ行きました; nothing",
        "タワー; nothing",
        "東京 -昨日; nothing",
        "안녕; korean",
        "obs.scene-switcher; code",
        "scene switcher; code",
        "a/b_c; code",
        "don't; code",
        "nothing of the kind; nothing",
        "!!!; nothing",
        "the; english",
        "\"; nothing",
        "' & | ! ( ) : * \\ <->; nothing",
        "-; nothing",
        "german; german",
      })
  void whatIsFound(String query, String titles) {
    ada.saved(note("english", "The quick fox was running over lazy dogs"));
    ada.saved(note("german", "Über die Straße: schöne Häuser – „Zitat“"));
    ada.saved(note("cjk", "昨日、東京タワーへ行きました"));
    ada.saved(note("korean", "안녕하세요"));
    ada.saved(note("code", "obs.scene-switcher?a/b_c=1 don't"));
    bob.saved(note("his", "run dogs häuser 東京 obs.scene-switcher"));
    assertEquals(titles.replace("nothing", ""), String.join(",", sorted("q", query)), query);
  }

  @Test
  void theBestIsFirstAndShownWhereItWasFound() {
    String long_ = "lorem ipsum ".repeat(2000);
    ada.saved(note("beside", long_ + "here is a <b>raid</b>, at last. " + long_));
    ada.saved(note("A raid", "of others"));
    ada.saved(note("often", "raid raid raid"));
    List<JsonObject> found = ada.notes("q", "raids");
    assertEquals("A raid", found.get(0).getString("title"));
    assertEquals("often", found.get(1).getString("title"));
    String excerpt = found.get(2).getString("excerpt");
    assertTrue(excerpt.contains("here is a <b>raid</b>, at last."), excerpt);
    assertTrue(excerpt.startsWith("…") && excerpt.length() <= 200, excerpt);
  }

  /** Each that stays as it is comes once, though others are saved meanwhile. */
  @ParameterizedTest
  @ValueSource(strings = {"", "word"})
  void pagesHaveNoGapsAndNoRepeats(String asked) {
    List<JsonObject> notes = new ArrayList<>();
    String user = ada.person().user.getString("id");
    String insert =
        "INSERT INTO notes (owner, id, version, title, content, tags, hash, saved_at, created_at)"
            + " VALUES (?, ?, 1, '', ?, '{}', '', now() - (? || ' s')::interval, now())";
    for (int i = 0; i < 250; i++) {
      JsonObject note = note("", "word ".repeat(1 + i % 3)); // many of them as good, and as old
      notes.add(note);
      UUID id = UUID.fromString(note.getString("id"));
      sql.update(insert, user, id, note.getString("content"), "" + i / 10);
    }
    Set<String> expected = new HashSet<>();
    notes.forEach(note -> expected.add(note.getString("id")));
    List<String> seen = new ArrayList<>();
    String cursor = null;
    do {
      List<String> query = new ArrayList<>(List.of("limit", "7"));
      if (!asked.isEmpty()) query.addAll(List.of("q", asked));
      if (cursor != null) query.addAll(List.of("cursor", cursor));
      JsonObject page = ada.page(query.toArray(String[]::new));
      List<String> ids = all(page, "notes").stream().map(one -> one.getString("id")).toList();
      seen.addAll(ids);
      cursor = page.getString("nextCursor");
      assertTrue(cursor == null ? ids.size() <= 7 : ids.size() == 7);
      ada.saved(note("new", "other"));
      JsonObject again =
          notes.stream().filter(n -> ids.contains(n.getString("id"))).findFirst().orElseThrow();
      ada.saved(saying(again, "other").put("strategy", "overwrite"));
    } while (cursor != null);
    assertEquals(250, seen.size());
    assertEquals(expected, new HashSet<>(seen));
  }

  @Test
  void aCursorIsOfItsOwnKindOfList() {
    for (int i = 0; i < 3; i++) ada.saved(note("n" + i, "word"));
    String byTime = ada.page("limit", "1").getString("nextCursor");
    String byRank = ada.page("limit", "1", "q", "word").getString("nextCursor");
    assertEquals(1, ada.titles("limit", "1", "cursor", byTime).size());
    assertEquals(2, ada.titles("q", "word", "cursor", byRank).size());
    refused(400, "VALIDATION_ERROR", ada.list("cursor", byRank));
    refused(400, "VALIDATION_ERROR", ada.list("q", "word", "cursor", byTime));
    UUID id = UUID.randomUUID();
    for (String bad :
        List.of(
            "?",
            "eA",
            encoded("2026-01-01T00:00:00Z"),
            encoded("yesterday " + id),
            encoded("2026-01-01T00:00:00Z 7"),
            encoded("+999999999-01-01T00:00:00Z " + id),
            encoded("2026-01-01T00:00:00Z " + id + " 1 1"))) {
      refused(400, "VALIDATION_ERROR", ada.list("cursor", bad));
    }
    String strange = encoded("2026-01-01T00:00:00Z " + id + " x");
    refused(400, "VALIDATION_ERROR", ada.list("q", "word", "cursor", strange));
    refused(400, "VALIDATION_ERROR", ada.list("limit", "101"));
    refused(400, "VALIDATION_ERROR", ada.list("q", "a\u0000"));
    refused(401, "UNAUTHORIZED", gateway.get("/notes/list"));
  }

  private static String encoded(String cursor) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(cursor.getBytes(StandardCharsets.UTF_8));
  }
}
