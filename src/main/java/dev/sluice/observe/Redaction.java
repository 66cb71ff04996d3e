package dev.sluice.observe;

import java.util.regex.Pattern;

/** Keeps secrets that clients put in URLs out of the log. */
public final class Redaction {
  private static final String NAMES =
      "(?:[a-z0-9_.-]*(?:token|secret|password|key|signature|device[_-]?id)|code|sig|endpoint)";
  private static final Pattern SECRET =
      Pattern.compile("([?&]" + NAMES + "=)[^&#]*", Pattern.CASE_INSENSITIVE);
  private static final Pattern NAME = Pattern.compile(NAMES, Pattern.CASE_INSENSITIVE);

  private Redaction() {}

  /** A request target as it may be logged. */
  public static String uri(String uri) {
    if (uri == null) return "";
    return uri.indexOf('?') < 0 ? uri : SECRET.matcher(uri).replaceAll("$1***");
  }

  /** Whether the value of a parameter is to be kept out of the log. */
  public static boolean hides(String name) {
    return NAME.matcher(name).matches();
  }
}
