package dev.sluice.app.studio.sync;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/**
 * What three-way merging has made of two changes of the same thing.
 *
 * @param value both changes, where they do not touch; where they do, theirs
 * @param touching the places that both have changed, each in another way (JSON pointers, RFC 6901):
 *     the first of them where there are very many
 */
public record Merged(JsonNode value, List<String> touching) {

  /**
   * Joins two changes of what was there before: objects member by member, arrays that have stayed
   * as long as they were element by element, all else as a whole. To delete what the other changes
   * touches. Pure, in linear time.
   *
   * @param before null where that is not known: then of objects what only one has is joined
   */
  public static Merged of(JsonNode before, JsonNode mine, JsonNode theirs) {
    Merging merging = new Merging();
    JsonNode value = merging.join(Place.WHOLE, before, mine, theirs);
    return new Merged(value, List.copyOf(merging.touching()));
  }

  public boolean isWhole() {
    return touching.isEmpty();
  }
}
