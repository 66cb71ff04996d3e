package dev.sluice.http;

import java.util.regex.Pattern;

/** Keeps secrets that clients put in URLs out of the log. */
final class Redaction {
  private static final Pattern SECRET =
      Pattern.compile(
          "([?&](?:[a-z0-9_.-]*(?:token|secret|password|key|signature)|code|sig)=)[^&#]*",
          Pattern.CASE_INSENSITIVE);

  private Redaction() {}

  static String uri(String uri) {
    if (uri == null) return "";
    return uri.indexOf('?') < 0 ? uri : SECRET.matcher(uri).replaceAll("$1***");
  }
}
