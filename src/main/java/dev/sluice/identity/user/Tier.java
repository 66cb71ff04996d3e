package dev.sluice.identity.user;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** What a user has subscribed to. */
public enum Tier {
  FREE,
  PREMIUM,
  ENTERPRISE;

  /** {@code free} and so on. */
  @JsonValue
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  public static Tier of(String word) {
    return valueOf(word.toUpperCase(Locale.ROOT));
  }
}
