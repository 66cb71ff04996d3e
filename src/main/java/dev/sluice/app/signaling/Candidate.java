package dev.sluice.app.signaling;

import dev.sluice.call.Failure;
import dev.sluice.call.Failure.Category;
import io.vertx.core.json.JsonObject;
import java.util.List;

/**
 * ICE candidates as browsers write them (RTCIceCandidateInit of WebRTC 1.0 §4.8.1): null, and one
 * whose text is empty, say that there are no more.
 */
final class Candidate {
  private static final int LONGEST = 1024;
  private static final int LONGEST_NAME = 256; // of a ufrag: RFC 8839 §5.4

  private Candidate() {}

  /** What is passed on of one. Throws 400 CANDIDATE_INVALID. */
  static JsonObject check(Object sent) {
    if (sent == null) return null;
    if (!(sent instanceof JsonObject candidate)) throw invalid("it must be an object or null");
    String text = text(candidate, "candidate", LONGEST);
    if (text == null) throw invalid("candidate is missing");
    if (!text.isEmpty() && !text.startsWith("candidate:")) {
      throw invalid("candidate must begin with \"candidate:\", or be empty");
    }
    String mid = text(candidate, "sdpMid", LONGEST_NAME);
    Object line = candidate.getValue("sdpMLineIndex");
    if (line != null && !(line instanceof Integer index && index >= 0 && index <= 65_535)) {
      throw invalid("sdpMLineIndex must be from 0 to 65535");
    }
    if (!text.isEmpty() && mid == null && line == null) {
      throw invalid("sdpMid or sdpMLineIndex must say which media it is for"); // ibid. §4.4.2
    }
    text(candidate, "usernameFragment", LONGEST_NAME);
    JsonObject passed = new JsonObject();
    for (String name : List.of("candidate", "sdpMid", "sdpMLineIndex", "usernameFragment")) {
      if (candidate.containsKey(name)) passed.put(name, candidate.getValue(name));
    }
    return passed;
  }

  private static String text(JsonObject candidate, String name, int longest) {
    Object value = candidate.getValue(name);
    if (value == null) return null;
    if (!(value instanceof String text)) throw invalid(name + " must be a text");
    if (text.length() > longest) throw invalid(name + " may have " + longest + " characters");
    if (text.chars().anyMatch(Character::isISOControl)) {
      throw invalid(name + " has control characters");
    }
    return text;
  }

  private static Failure invalid(String why) {
    return Failure.of(
            Category.VALIDATION, "CANDIDATE_INVALID", "This is no ICE candidate: " + why + ".")
        .suggest("Send what RTCIceCandidate.toJSON() gives.");
  }
}
