package dev.sluice.sandbox.twitch;

import static dev.sluice.sandbox.twitch.TwitchError.badRequest;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The Helix operations on users, games and follows. Unknown ids are left out of a list without a
 * word, and no list is in the order of its request.
 */
final class Endpoints {

  private static final String EMAIL_SCOPE = "user:read:email";
  private static final String FOLLOWS_SCOPE = "user:read:follows";

  private final Catalogue catalogue;

  /** A list that has no pages. */
  record Whole<T>(List<T> data) {}

  /** The page of followed channels, and how many there are on all pages. */
  record Followed(List<Follow> data, Page.Pagination pagination, int total) {}

  Endpoints(Catalogue catalogue) {
    this.catalogue = catalogue;
  }

  /** See <a href="https://dev.twitch.tv/docs/api/reference/#get-users">Get Users</a>. */
  Whole<User> users(Helix.Request request) {
    List<String> ids = request.query().all("id");
    List<String> logins = request.query().all("login");
    if (ids.size() + logins.size() > 100) {
      throw badRequest(
          "The request exceeded the maximum allowed number of id and/or login query parameters.");
    }
    if (!ids.stream().allMatch(Query::isDigits) || !logins.stream().allMatch(Endpoints::isLogin)) {
      throw badRequest("Invalid username(s), email(s), or ID(s). Bad Identifiers.");
    }
    User asker = request.token().user();
    if (ids.isEmpty() && logins.isEmpty()) {
      if (asker == null) {
        throw badRequest(
            "The id or login query parameter is required unless the request uses a user access"
                + " token.");
      }
      return new Whole<>(List.of(asSeenBy(request.token(), asker)));
    }
    Set<String> wantedIds = Set.copyOf(ids);
    Set<String> wantedLogins =
        Set.copyOf(logins.stream().map(login -> login.toLowerCase(Locale.ROOT)).toList());
    return new Whole<>(
        catalogue.users().stream()
            .filter(user -> wantedIds.contains(user.id()) || wantedLogins.contains(user.login()))
            .map(user -> asSeenBy(request.token(), user))
            .toList());
  }

  private static boolean isLogin(String text) {
    return text.matches("[A-Za-z0-9_]{1,25}");
  }

  private static User asSeenBy(Token token, User user) {
    boolean own = !token.ofApp() && token.user().id().equals(user.id());
    return own && token.scopes().contains(EMAIL_SCOPE)
        ? user.withEmail(user.login() + "@example.com")
        : user;
  }

  /** See <a href="https://dev.twitch.tv/docs/api/reference/#get-games">Get Games</a>. */
  Whole<Game> games(Helix.Request request) {
    List<String> ids = request.query().ids("id");
    List<String> names = request.query().all("name");
    List<String> igdbIds = request.query().ids("igdb_id");
    long asked = Stream.of(ids, names, igdbIds).mapToInt(List::size).sum();
    if (asked == 0) {
      throw badRequest("The request must specify the id, name, or igdb_id query parameter.");
    }
    if (asked > 100) {
      throw badRequest(
          "The sum of id, name and igdb_id query parameters must be less than or equal to 100.");
    }
    return new Whole<>(
        catalogue.games().stream()
            .filter(
                game ->
                    ids.contains(game.id())
                        || names.contains(game.name())
                        || igdbIds.contains(game.igdbId()))
            .toList());
  }

  /** See <a href="https://dev.twitch.tv/docs/api/reference/#get-followed-channels">it</a>. */
  Followed followedChannels(Helix.Request request) {
    Token token = request.token();
    Query query = request.query();
    if (token.ofApp() || !token.scopes().contains(FOLLOWS_SCOPE)) {
      throw TwitchError.unauthorized("Missing scope: " + FOLLOWS_SCOPE);
    }
    String userId = query.id("user_id").orElseThrow(() -> TwitchError.missing("user_id"));
    if (!userId.equals(token.user().id())) {
      throw TwitchError.unauthorized(
          "The ID in user_id must match the user ID found in the request's OAuth token.");
    }
    List<Follow> all = catalogue.followsOf(userId);
    String broadcaster = query.id("broadcaster_id").orElse(null);
    List<Follow> wanted =
        all.stream()
            .filter(follow -> broadcaster == null || follow.broadcasterId().equals(broadcaster))
            .toList();
    Page<Follow> page = Page.of(wanted, query, userId + " " + broadcaster);
    return new Followed(page.data(), page.pagination(), all.size());
  }
}
