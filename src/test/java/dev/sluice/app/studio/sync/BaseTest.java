package dev.sluice.app.studio.sync;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.app.studio.sync.Base.Strategy;
import dev.sluice.call.Call;
import dev.sluice.call.Deadline;
import dev.sluice.call.Failure;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BaseTest {
  private static final byte[] SHA = new byte[32];
  private static final String TAG = "\"7-0000000000000000\"";

  private static Base base(Map<String, Object> params, JsonObject body) {
    return Base.of(Call.of("x", params, Deadline.in(Duration.ofSeconds(1))), body);
  }

  private static Base matching(String tag) {
    return base(Map.of("If-Match", tag), new JsonObject());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"7-0000000000000000\"",
        " W/\"7-0000000000000000\" ",
        "\"7-0000000000000000-gzip\"",
      })
  void anEtagIsReadAsItComesBack(String tag) {
    Base base = matching(tag);
    assertEquals(Etag.of(7, SHA), base.etag());
    assertTrue(base.names(7, TAG));
    assertFalse(base.names(7, "\"7-0000000000000001\""), "another content");
    assertFalse(base.names(8, "\"8-0000000000000000\""));
    assertEquals(7, base.local());
  }

  @ParameterizedTest
  @ValueSource(strings = {"7", "\"7\"", "\"7-00\"", "\"a\", \"b\"", "\"-1-0000000000000000\""})
  void whatIsNoEtagOfOursIsRefused(String tag) {
    assertEquals("VALIDATION_ERROR", assertThrows(Failure.class, () -> matching(tag)).code());
  }

  @Test
  void aVersionIsToldInTheBodyOrTheQuery() {
    assertEquals(3, base(Map.of(), new JsonObject().put("baseVersion", 3)).version());
    assertEquals(3, base(Map.of("baseVersion", 3), new JsonObject()).version());
    Base none = base(Map.of("baseVersion", 0), new JsonObject());
    assertTrue(none.isGiven() && none.names(0, null));
    assertFalse(none.names(1, TAG));
  }

  @Test
  void bothMustSayTheSame() {
    Map<String, Object> match = Map.of("If-Match", TAG);
    assertEquals(7, base(match, new JsonObject().put("baseVersion", 7)).version());
    assertThrows(Failure.class, () -> base(match, new JsonObject().put("baseVersion", 6)));
  }

  @Test
  void aStarIsWhateverIsThere() {
    Base any = matching("*");
    assertTrue(any.isGiven() && any.names(5, TAG));
    assertFalse(any.names(0, null));
  }

  @Test
  void itNeedSayNothing() {
    Base base = base(Map.of(), new JsonObject());
    assertFalse(base.isGiven() || base.names(1, TAG) || base.names(0, null));
    assertNull(base.version());
    assertEquals(Strategy.REJECT, base.strategy());
    assertEquals(
        Strategy.MERGE, base(Map.of(), new JsonObject().put("strategy", "merge")).strategy());
  }
}
