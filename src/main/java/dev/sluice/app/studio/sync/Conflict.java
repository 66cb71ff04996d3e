package dev.sluice.app.studio.sync;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.call.Failure;
import dev.sluice.call.Failure.Category;
import java.util.List;
import java.util.Map;

/** A write that another has come before. */
public final class Conflict {
  private Conflict() {}

  /**
   * 409 SYNC_CONFLICT.
   *
   * @param server what is there, as a load would answer it; empty where nothing is any more
   * @param diff JSON Patch (RFC 6902) from what was sent to what is there; null where nothing was
   *     sent, or nothing is there
   */
  public static Failure of(
      Base base, int serverVersion, Map<String, Object> server, JsonNode diff) {
    Failure failure =
        Failure.of(
                Category.CONFLICT,
                "SYNC_CONFLICT",
                serverVersion == 0
                    ? "There is nothing here any more; it was changed as version %d."
                        .formatted(base.local())
                    : base.isGiven()
                        ? "This changes version %d, but the newest is %d."
                            .formatted(base.local(), serverVersion)
                        : "It was last changed by somebody else, and the change does not say of which version it is.")
            .detail("localVersion", base.local())
            .detail("serverVersion", serverVersion)
            .suggest(
                serverVersion == 0
                    ? "Save it with baseVersion 0 to make it anew, or restore what there was."
                    : "Look at details.server, and say baseVersion "
                        + serverVersion
                        + " with what you want then; a save may say strategy merge or overwrite"
                        + " instead.");
    if (!server.isEmpty()) failure = failure.detail("server", server);
    return diff == null ? failure : failure.detail("diff", diff);
  }

  /** The same of a merge where the version that was changed is kept no longer. */
  public static Failure baseGone(Failure conflict) {
    return conflict
        .detail("reason", "BASE_GONE")
        .suggest(
            "The version that was changed is kept no longer, so that nothing can be merged."
                + " Apply your change to details.server.");
  }

  /** The same of a merge, with the places (JSON pointers, RFC 6901) that both have changed. */
  public static Failure touching(Failure conflict, List<String> places) {
    return conflict
        .detail("conflicts", places)
        .suggest(
            "Both have changed what details.conflicts names. Decide for each, and save it with"
                + " baseVersion "
                + conflict.facts().details().get("serverVersion")
                + ".");
  }
}
