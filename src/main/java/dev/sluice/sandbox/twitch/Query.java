package dev.sluice.sandbox.twitch;

import io.vertx.core.MultiMap;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** The query of a Helix request, read as strictly as Helix does. Unknown parameters are ignored. */
record Query(MultiMap parameters) {

  private static final Pattern DIGITS = Pattern.compile("[0-9]+");
  private static final Pattern PAGE_SIZE = Pattern.compile("-?[0-9]{1,9}");

  List<String> all(String name) {
    return parameters.getAll(name);
  }

  /** A single value; an empty one counts as none. */
  Optional<String> one(String name) {
    return Optional.ofNullable(parameters.get(name)).filter(value -> !value.isEmpty());
  }

  /** The id of a user or a game. */
  Optional<String> id(String name) {
    Optional<String> id = one(name);
    id.ifPresent(value -> requireDigits(name, value));
    return id;
  }

  /** Repeated ids of users or games. */
  List<String> ids(String name) {
    all(name).forEach(value -> requireDigits(name, value));
    return all(name);
  }

  private static void requireDigits(String name, String value) {
    if (!isDigits(value)) {
      throw TwitchError.malformed(name, "match the regular expression /^[0-9]+$/");
    }
  }

  static boolean isDigits(String value) {
    return DIGITS.matcher(value).matches();
  }

  /** The page size. */
  int first() {
    String first = one("first").orElse("20");
    if (!PAGE_SIZE.matcher(first).matches()) {
      throw TwitchError.malformed("first", "be an integer");
    }
    int size = Integer.parseInt(first);
    if (size < 1) {
      throw TwitchError.malformed("first", "be greater than or equal to 1");
    }
    if (size > 100) {
      throw TwitchError.malformed("first", "be less than or equal to 100");
    }
    return size;
  }

  Optional<Instant> time(String name) {
    return one(name)
        .map(
            value -> {
              try {
                return OffsetDateTime.parse(value).toInstant();
              } catch (DateTimeParseException e) {
                throw TwitchError.malformed(name, "be an RFC3339 timestamp");
              }
            });
  }

  Optional<Boolean> flag(String name) {
    return one(name)
        .map(
            value -> {
              if (!value.equals("true") && !value.equals("false")) {
                throw TwitchError.malformed(name, "be a boolean");
              }
              return Boolean.valueOf(value);
            });
  }
}
