package dev.sluice.push;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Locale;

/** When a device is to be woken for a message (RFC 8030 §5.3). */
public enum Urgency {
  @JsonProperty("very-low")
  VERY_LOW,
  @JsonProperty("low")
  LOW,
  @JsonProperty("normal")
  NORMAL,
  @JsonProperty("high")
  HIGH;

  /** As the field says it. */
  String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
