package dev.sluice.sandbox.twitch;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Everything the simulated Twitch holds, indexed as its API asks for it. Never changes. */
final class Catalogue {

  private final List<User> users;
  private final List<Game> games;
  private final Map<String, User> usersById;
  private final Map<String, User> usersByLogin;
  private final Map<String, Clip> clipsById = new HashMap<>();
  private final Map<String, List<Clip>> clipsByBroadcaster = new HashMap<>();
  private final Map<String, List<Clip>> clipsByGame = new HashMap<>();
  private final Map<String, List<Follow>> follows;

  Catalogue(
      List<User> users, List<Game> games, List<Clip> clips, Map<String, List<Follow>> follows) {
    this.users = List.copyOf(users);
    this.games = List.copyOf(games);
    this.follows = Map.copyOf(follows);
    usersById = index(users, User::id);
    usersByLogin = index(users, User::login);
    List<Clip> mostSeenFirst = new ArrayList<>(clips);
    mostSeenFirst.sort(Comparator.comparingInt(Clip::viewCount).reversed().thenComparing(Clip::id));
    for (Clip clip : mostSeenFirst) {
      clipsById.put(clip.id(), clip);
      clipsByBroadcaster.computeIfAbsent(clip.broadcasterId(), id -> new ArrayList<>()).add(clip);
      clipsByGame.computeIfAbsent(clip.gameId(), id -> new ArrayList<>()).add(clip);
    }
  }

  private static <T> Map<String, T> index(List<T> all, Function<T, String> key) {
    return all.stream().collect(Collectors.toMap(key, one -> one));
  }

  List<User> users() {
    return users;
  }

  List<Game> games() {
    return games;
  }

  Optional<User> userById(String id) {
    return Optional.ofNullable(usersById.get(id));
  }

  Optional<User> userByLogin(String login) {
    return Optional.ofNullable(usersByLogin.get(login.toLowerCase(Locale.ROOT)));
  }

  boolean hasGame(String id) {
    return games.stream().anyMatch(game -> game.id().equals(id));
  }

  Optional<Clip> clip(String id) {
    return Optional.ofNullable(clipsById.get(id));
  }

  /** Most viewed first, as everywhere. */
  List<Clip> clipsOfBroadcaster(String id) {
    return clipsByBroadcaster.getOrDefault(id, List.of());
  }

  List<Clip> clipsOfGame(String id) {
    return clipsByGame.getOrDefault(id, List.of());
  }

  int clipCount() {
    return clipsById.size();
  }

  int broadcastersWithClips() {
    return clipsByBroadcaster.size();
  }

  /** Whom the user follows, the latest first. */
  List<Follow> followsOf(String userId) {
    return follows.getOrDefault(userId, List.of());
  }
}
