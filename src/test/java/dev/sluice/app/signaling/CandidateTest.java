package dev.sluice.app.signaling;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.call.Failure;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonObject;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is taken for an ICE candidate. */
class CandidateTest {
  static final JsonObject GOOD =
      new JsonObject()
          .put("candidate", "candidate:842163049 1 udp 1677729535 203.0.113.7 46154 typ srflx")
          .put("sdpMid", "0")
          .put("sdpMLineIndex", 0)
          .put("usernameFragment", "4ZcD");

  @Test
  void whatBrowsersWriteIsPassedOnAndNothingElse() {
    assertEquals(GOOD, Candidate.check(GOOD.copy().put("more", "x".repeat(100_000))));
    assertNull(Candidate.check(null));
    JsonObject last = new JsonObject().put("candidate", "");
    assertEquals(last, Candidate.check(last));
    JsonObject byMid = new JsonObject().put("candidate", "candidate:1").put("sdpMid", "a");
    assertEquals(byMid, Candidate.check(byMid.copy()));
    JsonObject withNull = byMid.copy().putNull("usernameFragment");
    assertEquals(withNull, Candidate.check(withNull.copy()));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'\"candidate:1\"'|must be an object",
        "'[]'|must be an object",
        "'{}'|candidate is missing",
        "'{\"candidate\":7,\"sdpMid\":\"0\"}'|candidate must be a text",
        "'{\"candidate\":\"a=candidate:1\",\"sdpMid\":\"0\"}'|must begin with",
        "'{\"candidate\":\"candidate:1\"}'|which media",
        "'{\"candidate\":\"candidate:1\\r\\na=x\",\"sdpMid\":\"0\"}'|control characters",
        "'{\"candidate\":\"candidate:1\",\"sdpMid\":0}'|sdpMid must be a text",
        "'{\"candidate\":\"candidate:1\",\"sdpMLineIndex\":-1}'|sdpMLineIndex must be",
        "'{\"candidate\":\"candidate:1\",\"sdpMLineIndex\":1.5}'|sdpMLineIndex must be",
        "'{\"candidate\":\"candidate:1\",\"sdpMLineIndex\":65536}'|sdpMLineIndex must be",
        "'{\"candidate\":\"candidate:1\",\"sdpMid\":\"0\",\"usernameFragment\":{}}'|usernameFragment must",
      })
  void whatIsNoneIsRefusedWithTheReason(String json, String reason) {
    Failure refused = assertThrows(Failure.class, () -> Candidate.check(Json.decodeValue(json)));
    assertEquals("CANDIDATE_INVALID", refused.code());
    assertTrue(refused.getMessage().contains(reason), refused.getMessage());
  }

  @Test
  void longOnesAreRefused() {
    JsonObject fits = GOOD.copy().put("candidate", "candidate:" + "x".repeat(1014));
    assertEquals(fits, Candidate.check(fits));
    fits.put("candidate", fits.getString("candidate") + "x");
    assertThrows(Failure.class, () -> Candidate.check(fits));
    JsonObject mid = GOOD.copy().put("sdpMid", "x".repeat(257));
    assertThrows(Failure.class, () -> Candidate.check(mid));
  }
}
