package dev.sluice.realtime.channel;

import dev.sluice.call.Failure;

/** The names of channels: {@code <kind>:<rest>}, 200 characters at most. */
public final class ChannelName {
  private static final int LONGEST = 200;
  private static final int LONGEST_KIND = 32;

  private ChannelName() {}

  /** The kind of a channel. Throws VALIDATION_ERROR where this is no name of one. */
  public static String kind(String channel) {
    int colon = channel.indexOf(':');
    boolean fine =
        colon > 0
            && colon + 1 < channel.length()
            && channel.length() <= LONGEST
            && isKind(channel.substring(0, colon))
            && channel.chars().skip(colon + 1).allMatch(ChannelName::isPlain);
    if (fine) return channel.substring(0, colon);
    throw Failure.invalid(
        "channel", "must be kind:name, of letters, digits and _ . : @ -, 200 at most", null);
  }

  /** What stands behind the kind. */
  public static String rest(String channel) {
    return channel.substring(channel.indexOf(':') + 1);
  }

  static boolean isKind(String text) {
    return !text.isEmpty()
        && text.length() <= LONGEST_KIND
        && text.chars().allMatch(c -> c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '-');
  }

  private static boolean isPlain(int c) {
    return c >= 'a' && c <= 'z'
        || c >= 'A' && c <= 'Z'
        || c >= '0' && c <= '9'
        || "_.:@-".indexOf(c) >= 0;
  }
}
