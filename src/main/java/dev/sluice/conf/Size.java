package dev.sluice.conf;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A number of bytes, written {@code 512}, {@code 64KiB}, {@code 10MB}, {@code 1GiB}. */
public record Size(long bytes) {
  private static final Pattern FORM = Pattern.compile("(\\d{1,9}) ?(?:([kKmMgG])(i?))?[bB]?");

  public Size {
    if (bytes < 0) throw new IllegalArgumentException(bytes + " is below 0");
  }

  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public static Size parse(String text) {
    Matcher m = FORM.matcher(text.trim());
    if (!m.matches()) {
      throw new IllegalArgumentException("\"" + text + "\" is not a size such as 64KiB or 10MB");
    }
    long number = Long.parseLong(m.group(1));
    if (m.group(2) == null) return new Size(number);
    long base = m.group(3).isEmpty() ? 1000 : 1024;
    int power = "kmg".indexOf(m.group(2).toLowerCase(Locale.ROOT)) + 1;
    return new Size(number * (long) Math.pow(base, power));
  }

  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public static Size of(long bytes) {
    return new Size(bytes);
  }

  /** The bytes as an int, for APIs that take one. */
  public int toInt() {
    return (int) Math.min(bytes, Integer.MAX_VALUE);
  }

  @JsonValue
  @Override
  public String toString() {
    return Long.toString(bytes);
  }
}
