package dev.sluice.sandbox.twitch;

import static dev.sluice.sandbox.twitch.TwitchError.badRequest;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** See <a href="https://dev.twitch.tv/docs/api/reference/#get-clips">Get Clips</a>. */
final class ClipSearch {

  /**
   * "The maximum number of results returned over multiple requests will be approximately 1,000."
   */
  private static final int DEPTH = 1_000;

  private static final Duration USUAL_WINDOW = Duration.ofDays(7);

  private final Catalogue catalogue;

  ClipSearch(Catalogue catalogue) {
    this.catalogue = catalogue;
  }

  Page<Clip> clips(Helix.Request request) {
    Query query = request.query();
    List<String> ids = query.all("id");
    Optional<String> broadcaster = query.id("broadcaster_id");
    Optional<String> game = query.id("game_id");
    int selectors =
        (ids.isEmpty() ? 0 : 1) + (broadcaster.isPresent() ? 1 : 0) + (game.isPresent() ? 1 : 0);
    if (selectors == 0) {
      throw badRequest("The id or broadcaster_id or game_id query parameter is required.");
    }
    if (selectors > 1) {
      throw badRequest(
          "The id, broadcaster_id, and game_id query parameters are mutually exclusive.");
    }
    query.first();
    return ids.isEmpty() ? search(query, broadcaster, game) : byId(ids);
  }

  private Page<Clip> byId(List<String> ids) {
    if (ids.size() > 100) {
      throw badRequest("The request exceeded the maximum allowed number of id query parameters.");
    }
    List<Clip> found =
        ids.stream().distinct().sorted().flatMap(id -> catalogue.clip(id).stream()).toList();
    return new Page<>(found, Page.Pagination.END);
  }

  private Page<Clip> search(Query query, Optional<String> broadcaster, Optional<String> game) {
    Optional<Instant> start = query.time("started_at");
    Optional<Instant> end = query.time("ended_at");
    if (start.isEmpty() && end.isPresent()) {
      throw badRequest("started_at is required if ended_at is provided");
    }
    Instant from = start.orElse(Instant.MIN);
    Instant to = end.orElse(start.isPresent() ? from.plus(USUAL_WINDOW) : Instant.MAX);
    if (to.isBefore(from)) {
      throw badRequest("The ended_at query parameter must not be before started_at.");
    }
    Optional<Boolean> featured = query.flag("is_featured");
    List<Clip> found =
        all(broadcaster, game).stream()
            .filter(clip -> !clip.createdAt().isBefore(from) && clip.createdAt().isBefore(to))
            .filter(clip -> featured.isEmpty() || clip.isFeatured() == featured.get())
            .limit(DEPTH)
            .toList();
    return Page.of(found, query, broadcaster + "|" + game + "|" + from + "|" + to + featured);
  }

  private List<Clip> all(Optional<String> broadcaster, Optional<String> game) {
    if (broadcaster.isPresent()) {
      return catalogue.clipsOfBroadcaster(broadcaster.get());
    }
    String id = game.orElseThrow();
    if (!catalogue.hasGame(id)) {
      throw new TwitchError(404, "The ID in game_id was not found.");
    }
    return catalogue.clipsOfGame(id);
  }
}
