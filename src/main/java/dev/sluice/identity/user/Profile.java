package dev.sluice.identity.user;

import io.vertx.core.json.JsonObject;

/**
 * What a user says about himself.
 *
 * @param avatar a URL, or null
 */
public record Profile(String firstName, String lastName, String avatar, Preferences preferences) {

  /**
   * How a user would have it.
   *
   * @param theme {@code light} or {@code dark}
   * @param language a tag such as {@code en} (RFC 5646)
   */
  public record Preferences(String theme, String language, boolean notifications) {}

  /** With what a new user has not said yet. */
  static Profile of(JsonObject kept) {
    JsonObject preferences = kept.getJsonObject("preferences", new JsonObject());
    return new Profile(
        kept.getString("firstName", ""),
        kept.getString("lastName", ""),
        kept.getString("avatar"),
        new Preferences(
            preferences.getString("theme", "light"),
            preferences.getString("language", "en"),
            preferences.getBoolean("notifications", true)));
  }
}
