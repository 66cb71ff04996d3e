package dev.sluice.sandbox.twitch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.sandbox.Reply;
import dev.sluice.sandbox.RunningSandbox;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClipSearchTest {

  @RegisterExtension static final RunningSandbox sandbox = new RunningSandbox();

  private static final String NINJA = "?broadcaster_id=19571641";
  private String token;

  @BeforeEach
  void authenticate() {
    token = sandbox.appToken();
  }

  private Reply clips(String query) {
    return sandbox.helix(token, "/clips" + query);
  }

  private List<String> everyPage(String query) {
    List<String> ids = new ArrayList<>();
    Reply page = clips(query);
    ids.addAll(page.each("id"));
    while (page.cursor() != null) {
      page = clips(query + "&after=" + page.cursor());
      ids.addAll(page.each("id"));
    }
    return ids;
  }

  @Test
  void aBroadcastersClipsComeMostViewedFirst() {
    Reply reply = clips(NINJA);
    List<Integer> views =
        reply.data().stream().map(clip -> ((JsonObject) clip).getInteger("view_count")).toList();
    assertEquals(20, views.size());
    assertEquals(views.stream().sorted((a, b) -> b - a).toList(), views);
    assertTrue(reply.each("broadcaster_name").stream().allMatch("Ninja"::equals));
  }

  @Test
  void pagesHaveEveryClipOnce() {
    List<String> ids = everyPage(NINJA + "&first=50");
    assertEquals(161, ids.size());
    assertEquals(161, new HashSet<>(ids).size());
    assertEquals(ids, everyPage(NINJA + "&first=7"));
  }

  @Test
  void aCursorLeadsBackToo() {
    Reply first = clips(NINJA + "&first=10");
    Reply second = clips(NINJA + "&first=10&after=" + first.cursor());
    Reply back = clips(NINJA + "&first=10&before=" + second.cursor());
    assertEquals(first.each("id"), back.each("id"));
    assertEquals(400, clips(NINJA + "&before=" + first.cursor()).status());
  }

  @Test
  void resultsStopNearAThousand() {
    assertEquals(1_000, everyPage("?game_id=509658&first=100").size());
  }

  @Test
  void aCursorServesItsOwnQueryOnly() {
    String cursor = clips(NINJA).cursor();
    assertNotNull(cursor);
    for (String query :
        List.of(
            "?broadcaster_id=37402112&after=" + cursor,
            NINJA + "&is_featured=true&after=" + cursor,
            NINJA + "&after=nonsense",
            NINJA + "&after=%7B%7D",
            NINJA + "&after=e30",
            NINJA + "&after=eyJhIjp7IkN1cnNvciI6ImUzMCJ9fQ")) {
      Reply reply = clips(query);
      assertEquals(400, reply.status(), query);
      assertEquals(
          "The cursor specified in the before or after query parameter is not valid.",
          reply.message());
    }
    assertEquals(400, clips(NINJA + "&after=" + cursor + "&before=" + cursor).status());
  }

  @Test
  void clipsAreFoundById() {
    List<String> some = clips(NINJA + "&first=3").each("id");
    Reply reply = clips("?id=" + some.get(2) + "&id=Unknown&id=" + some.get(0));
    assertEquals(2, reply.data().size());
    assertTrue(some.containsAll(reply.each("id")));
    assertNull(reply.cursor());
    assertEquals(400, clips("?id=a" + "&id=b".repeat(100)).status());
  }

  @Test
  void aWindowStartsInclusiveAndAStartAloneMeansAWeek() {
    String month = "&started_at=2025-05-01T00:00:00Z&ended_at=2025-06-01T02:00:00%2B02:00";
    List<String> times = clips("?game_id=509658&first=100" + month).each("created_at");
    assertTrue(times.size() > 7);
    assertTrue(
        times.stream().allMatch(at -> at.compareTo("2025-05") >= 0 && at.compareTo("2025-06") < 0));
    List<String> week =
        clips("?game_id=509658&first=100&started_at=2025-05-01T00:00:00Z").each("created_at");
    assertEquals(times.stream().filter(at -> at.compareTo("2025-05-08") < 0).toList(), week);
  }

  @Test
  void featuredClipsCanBeAskedFor() {
    int all = everyPage(NINJA).size();
    int featured = everyPage(NINJA + "&is_featured=true").size();
    assertTrue(featured > 0);
    assertEquals(all, featured + everyPage(NINJA + "&is_featured=false").size());
  }

  @Test
  void anUnknownBroadcasterHasNoClipsAndAnUnknownGameIsNotFound() {
    Reply nobody = clips("?broadcaster_id=1");
    assertEquals(0, nobody.data().size());
    assertNull(nobody.cursor());
    Reply nothing = clips("?game_id=1");
    assertEquals(404, nothing.status());
    assertEquals("The ID in game_id was not found.", nothing.message());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "?first=5 | The id or broadcaster_id or game_id query parameter is required.",
        "?id=a&game_id=33214 | The id, broadcaster_id, and game_id query parameters are mutually"
            + " exclusive.",
        "?broadcaster_id=1&game_id=33214 | The id, broadcaster_id, and game_id query parameters are"
            + " mutually exclusive.",
        "?broadcaster_id=ninja | The parameter \"broadcaster_id\" was malformed: the value must"
            + " match the regular expression /^[0-9]+$/",
        "?game_id=33214&started_at=yesterday | The parameter \"started_at\" was malformed: the value"
            + " must be an RFC3339 timestamp",
        "?game_id=33214&started_at=2025-05-01 | The parameter \"started_at\" was malformed: the"
            + " value must be an RFC3339 timestamp",
        "?game_id=33214&ended_at=2025-05-01T00:00:00Z | started_at is required if ended_at is"
            + " provided",
        "?game_id=33214&started_at=2025-05-02T00:00:00Z&ended_at=2025-05-01T00:00:00Z | The ended_at"
            + " query parameter must not be before started_at.",
        "?game_id=33214&is_featured=yes | The parameter \"is_featured\" was malformed: the value"
            + " must be a boolean",
      })
  void badRequestsAreRefused(String query, String message) {
    Reply reply = clips(query);
    assertEquals(400, reply.status());
    assertEquals(message, reply.message());
    assertEquals("Bad Request", reply.json().getString("error"));
  }
}
