package dev.sluice.app.studio.sync;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/**
 * What three-way merging has made of two changes of the same thing. Pure, in linear time.
 *
 * @param value both changes, where they do not touch
 * @param touching the places that both have changed, each in another way (JSON pointers, RFC 6901)
 */
public record Merged(JsonNode value, List<String> touching) {

  /** Joins two changes of what was there before. */
  public static Merged of(JsonNode before, JsonNode mine, JsonNode theirs) {
    throw new UnsupportedOperationException();
  }

  public boolean isWhole() {
    return touching.isEmpty();
  }
}
