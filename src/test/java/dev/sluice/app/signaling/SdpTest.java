package dev.sluice.app.signaling;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.call.Failure;
import dev.sluice.conf.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is taken for a session description. */
class SdpTest {
  static final String GOOD =
      "v=0\r\no=- 4611731400430051336 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0\r\n"
          + "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\nc=IN IP4 0.0.0.0\r\n"
          + "a=ice-ufrag:4ZcD\r\na=ice-pwd:2/1muCWoOi3uLifh0NuRHlhe\r\na=mid:0\r\n";
  private static final Size MOST = new Size(2048);

  @Test
  void whatBrowsersWriteIsTakenAndSoAreLoneLineFeeds() {
    assertDoesNotThrow(() -> Sdp.check(GOOD, MOST));
    assertDoesNotThrow(() -> Sdp.check(GOOD.replace("\r\n", "\n"), MOST));
    assertDoesNotThrow(() -> Sdp.check(GOOD.strip(), MOST));
    assertDoesNotThrow(() -> Sdp.check(GOOD.replace("s=-", "s=Grüße"), MOST));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "''|first line",
        "hello|first line",
        "v=1\\nm=audio|first line",
        "' v=0\\nm=audio'|first line",
        "v=0\\ns=-\\n|no media",
        "v=0\\n\\nm=audio|line 2 must begin",
        "v=0\\nM=audio|line 2 must begin",
        "v=0\\nm|line 2 must begin",
        "v=0\\nm=audio\\0|control",
        "v=0\\nm=au\\rdio|control",
        "v=0\\nm=audio\\e[2J|control",
      })
  void whatIsNoneIsRefusedWithTheReason(String text, String reason) {
    String sdp =
        text.replace("\\n", "\n")
            .replace("\\r", "\r")
            .replace("\\0", "\0")
            .replace("\\e", "\u001b");
    Failure refused = assertThrows(Failure.class, () -> Sdp.check(sdp, MOST));
    assertEquals("SDP_INVALID", refused.code());
    assertTrue(refused.getMessage().contains(reason), refused.getMessage());
  }

  @Test
  void sizeIsOfBytes() {
    String filled = GOOD + "a=x:" + "x".repeat(2048 - GOOD.length() - 4);
    assertDoesNotThrow(() -> Sdp.check(filled, MOST));
    for (String more : new String[] {filled + "x", filled.replaceFirst("xx", "xü")}) {
      Failure refused = assertThrows(Failure.class, () -> Sdp.check(more, MOST));
      assertEquals("SDP_TOO_LARGE", refused.code());
      assertEquals(413, refused.status());
    }
  }
}
