package dev.sluice.conf;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.deser.std.StdScalarDeserializer;
import java.io.IOException;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Durations as people write them: {@code 250ms}, {@code 5s}, {@code 10m}, {@code 4h}, {@code 7d}.
 */
public final class Durations extends StdScalarDeserializer<Duration> {
  private static final long serialVersionUID = 1;
  private static final Pattern FORM = Pattern.compile("(\\d{1,12}) ?(ms|s|m|h|d)");

  /** What fits into nanoseconds, with room to spare. */
  private static final Duration LONGEST = Duration.ofDays(36_525);

  Durations() {
    super(Duration.class);
  }

  public static Duration parse(String text) {
    Matcher m = FORM.matcher(text.trim());
    if (!m.matches()) {
      throw new IllegalArgumentException(
          "\"" + text + "\" is not a duration such as 250ms, 5s, 10m, 4h or 7d");
    }
    long n = Long.parseLong(m.group(1));
    Duration duration = of(n, m.group(2));
    if (duration.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException("\"" + text + "\" is longer than 100 years");
    }
    return duration;
  }

  private static Duration of(long n, String unit) {
    return switch (unit) {
      case "ms" -> Duration.ofMillis(n);
      case "s" -> Duration.ofSeconds(n);
      case "m" -> Duration.ofMinutes(n);
      case "h" -> Duration.ofHours(n);
      default -> Duration.ofDays(n);
    };
  }

  @Override
  public Duration deserialize(JsonParser in, DeserializationContext context) throws IOException {
    String text = in.getText();
    try {
      return text.equals("0") ? Duration.ZERO : parse(text);
    } catch (IllegalArgumentException e) {
      throw context.weirdStringException(text, Duration.class, e.getMessage());
    }
  }
}
