package dev.sluice.sandbox.twitch;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;

/** Makes the catalogue: from a fixed seed and fixed dates, so that it is the same everywhere. */
final class CatalogueSeed {

  private static final int USERS = 240;
  private static final int GAMES = 64;
  private static final int BROADCASTERS_WITH_CLIPS = 190;
  private static final Instant FIRST_CLIP = Instant.parse("2025-01-01T00:00:00Z");
  private static final int CLIP_SECONDS = 540 * 86_400;
  private static final String CDN = "https://static-cdn.jtvnw.net/";
  private static final String SLUG_LETTERS =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";

  private final SplittableRandom random = new SplittableRandom(20_250_101L);

  private CatalogueSeed() {}

  static Catalogue grow() {
    CatalogueSeed seed = new CatalogueSeed();
    List<User> users = seed.users();
    List<Game> games = seed.games();
    return new Catalogue(users, games, seed.clips(users, games), seed.follows(users));
  }

  private List<User> users() {
    List<User> users = new ArrayList<>(USERS);
    for (String known : Names.KNOWN_CHANNELS) {
      String[] idAndName = known.split(" ", 2);
      users.add(user(idAndName[0], idAndName[1], "partner"));
    }
    for (int i = users.size(); i < USERS; i++) {
      String name =
          Names.ADJECTIVES.get(i % Names.ADJECTIVES.size())
              + Names.NOUNS.get((i / Names.ADJECTIVES.size() + i) % Names.NOUNS.size())
              + (i % 3 == 0 ? "_" + random.nextInt(10, 99) : "");
      users.add(user(String.valueOf(700_000_000L + i * 1_237L), name, kind(i)));
    }
    return users;
  }

  private static String kind(int rank) {
    return rank < 90 ? "partner" : rank < 200 ? "affiliate" : "";
  }

  private User user(String id, String name, String broadcasterType) {
    String picture = CDN + "jtv_user_pictures/" + hex(8) + "-" + hex(4);
    return new User(
        id,
        name.toLowerCase(Locale.ROOT),
        name,
        "",
        broadcasterType,
        random.nextInt(10) == 0 ? "" : "The simulated channel of " + name + ".",
        picture + "-profile_image-300x300.png",
        random.nextInt(3) == 0 ? "" : picture + "-channel_offline_image-1920x1080.png",
        random.nextInt(1_000, 900_000_000),
        null,
        Instant.parse("2025-01-01T08:00:00Z").plusSeconds(random.nextInt(300 * 86_400)));
  }

  private List<Game> games() {
    List<Game> games = new ArrayList<>(GAMES);
    for (String known : Names.CATEGORIES) {
      String[] parts = known.split(" ", 3);
      games.add(game(parts[0], parts[2], parts[1].equals("0") ? "" : parts[1]));
    }
    for (int i = games.size(); i < GAMES; i++) {
      String name =
          Names.ADJECTIVES.get((i * 7) % Names.ADJECTIVES.size())
              + " "
              + Names.NOUNS.get((i * 11) % Names.NOUNS.size())
              + " "
              + (i - 30);
      games.add(game(String.valueOf(900_000 + i * 31), name, String.valueOf(300_000 + i)));
    }
    return games;
  }

  private static Game game(String id, String name, String igdbId) {
    return new Game(id, name, CDN + "ttv-boxart/" + id + "-{width}x{height}.jpg", igdbId);
  }

  /** Few channels have many clips and many have few, as it is. */
  private List<Clip> clips(List<User> users, List<Game> games) {
    Map<String, Clip> clips = new LinkedHashMap<>();
    for (int rank = 0; rank < BROADCASTERS_WITH_CLIPS; rank++) {
      User broadcaster = users.get(rank);
      Game usual = games.get(rank == 0 ? 1 : 1 + random.nextInt(games.size() - 1));
      for (int count = 11 + 900 / (rank + 6); count > 0; count--) {
        Clip clip = clip(broadcaster, pick(users), gameOf(usual, games));
        clips.put(clip.id(), clip);
      }
    }
    return List.copyOf(clips.values());
  }

  private Game gameOf(Game usual, List<Game> games) {
    int chance = random.nextInt(100);
    return chance < 55 ? usual : chance < 80 ? games.get(0) : pick(games);
  }

  private Clip clip(User broadcaster, User creator, Game game) {
    String id =
        pick(Names.ADJECTIVES) + pick(Names.ADJECTIVES) + pick(Names.NOUNS) + pick(Names.ENDINGS);
    String slug = id + "-" + slug(16);
    boolean videoKept = random.nextInt(4) != 0;
    double popularity = random.nextDouble();
    return new Clip(
        slug,
        "https://clips.twitch.tv/" + slug,
        "https://clips.twitch.tv/embed?clip=" + slug,
        broadcaster.id(),
        broadcaster.displayName(),
        creator.id(),
        creator.displayName(),
        videoKept ? String.valueOf(random.nextLong(2_300_000_000L, 2_600_000_000L)) : "",
        game.id(),
        pick(Names.LANGUAGES),
        pick(Names.TITLES),
        (int) (3 + 400_000 * popularity * popularity * popularity * popularity * popularity),
        FIRST_CLIP.plusSeconds(random.nextInt(CLIP_SECONDS)),
        CDN + "twitch-clips-thumbnails-prod/" + slug + "/preview-480x272.jpg",
        random.nextInt(50, 601) / 10.0,
        videoKept ? (Integer) random.nextInt(30, 20_000) : null,
        random.nextInt(8) == 0);
  }

  /** Every third user follows somebody, and the first one more than fit on a page. */
  private Map<String, List<Follow>> follows(List<User> users) {
    Map<String, List<Follow>> follows = new HashMap<>();
    for (int i = 0; i < users.size(); i += 3) {
      List<Follow> followed = new ArrayList<>();
      int step = i == 0 ? 1 : random.nextInt(5, 60);
      for (int j = 1; j < (i == 0 ? 138 : users.size()); j += step) {
        User channel = users.get(j);
        if (j != i) {
          Instant when = FIRST_CLIP.plusSeconds(random.nextInt(CLIP_SECONDS));
          followed.add(new Follow(channel.id(), channel.login(), channel.displayName(), when));
        }
      }
      followed.sort(Comparator.comparing(Follow::followedAt).reversed());
      follows.put(users.get(i).id(), List.copyOf(followed));
    }
    return follows;
  }

  private <T> T pick(List<T> all) {
    return all.get(random.nextInt(all.size()));
  }

  private String hex(int digits) {
    StringBuilder text = new StringBuilder(digits);
    for (int i = 0; i < digits; i++) {
      text.append(Character.forDigit(random.nextInt(16), 16));
    }
    return text.toString();
  }

  private String slug(int length) {
    StringBuilder text = new StringBuilder(length);
    for (int i = 0; i < length; i++) {
      text.append(SLUG_LETTERS.charAt(random.nextInt(SLUG_LETTERS.length())));
    }
    return text.toString();
  }
}
