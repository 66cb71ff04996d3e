package dev.sluice.app.signaling;

import dev.sluice.call.Failure;
import dev.sluice.call.Failure.Category;
import dev.sluice.conf.Size;
import java.nio.charset.StandardCharsets;

/** Session descriptions (RFC 8866): whether a text has the form of one that has media. */
final class Sdp {
  private Sdp() {}

  /** Throws 413 SDP_TOO_LARGE or 400 SDP_INVALID. */
  static void check(String sdp, Size most) {
    if (sdp.length() > most.bytes() || sdp.getBytes(StandardCharsets.UTF_8).length > most.bytes()) {
      throw Failure.of(Category.VALIDATION, "SDP_TOO_LARGE", "This description is too large.")
          .status(413)
          .detail("most", most.bytes())
          .suggest("At most " + most + " bytes; see signaling.maxSdp.");
    }
    String[] lines = sdp.split("\r?\n", -1); // RFC 8866 §5: a lone LF is to be taken, too
    if (!lines[0].equals("v=0")) throw invalid("its first line must be v=0");
    boolean media = false;
    for (int i = 0; i < lines.length; i++) {
      if (lines[i].isEmpty() && i == lines.length - 1) break;
      checkLine(lines[i], i + 1);
      media |= lines[i].startsWith("m=");
    }
    if (!media) throw invalid("it has no media: no line begins with m=");
  }

  private static void checkLine(String line, int number) {
    boolean typed =
        line.length() > 1
            && line.charAt(0) >= 'a'
            && line.charAt(0) <= 'z'
            && line.charAt(1) == '=';
    if (!typed) throw invalid("line " + number + " must begin with a letter and =");
    if (line.chars().anyMatch(Character::isISOControl)) {
      throw invalid("line " + number + " has control characters");
    }
  }

  private static Failure invalid(String why) {
    return Failure.of(
            Category.VALIDATION, "SDP_INVALID", "This is no session description: " + why + ".")
        .suggest("Send the sdp of RTCPeerConnection.localDescription as it is.");
  }
}
