package dev.sluice.realtime.channel;

import dev.sluice.conf.Size;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * The {@code channels} section.
 *
 * @param history so many of a channel's last events can be heard again, at least,
 * @param historySize or fewer, where they are larger than this in all
 * @param memory of Redis for the histories of all channels; those that were last told of something
 *     longest ago go first
 * @param keep so long after its last event a channel's history is forgotten
 * @param maxEvent the data of one event, as JSON
 * @param kinds channels that no app owns, by what their names begin with
 */
public record ChannelSettings(
    int history,
    Size historySize,
    Size memory,
    Duration keep,
    Size maxEvent,
    Map<String, Kind> kinds) {

  /**
   * Channels that the configuration declares.
   *
   * @param subscribe the roles of those who may hear them; {@code *} is everyone who is signed in
   * @param publish the roles of those who may publish
   * @param presence whether subscribers see who else is there
   * @param coalesce whether to a slow client the newest event of each type is enough
   */
  public record Kind(
      List<String> subscribe, List<String> publish, Boolean presence, Boolean coalesce) {
    public Kind {
      subscribe = subscribe == null ? List.of() : List.copyOf(subscribe);
      publish = publish == null ? List.of() : List.copyOf(publish);
      if (presence == null) presence = false;
      if (coalesce == null) coalesce = false;
    }
  }

  /** How many events are kept where one more of so many bytes comes. */
  long kept(int bytes) {
    return Math.max(1, Math.min(history, historySize.bytes() / Math.max(1, bytes)));
  }

  public ChannelSettings {
    if (history < 1 || history > 1_000_000) {
      throw new IllegalArgumentException("history must be 1 to 1000000");
    }
    if (historySize.bytes() < 1) throw new IllegalArgumentException("historySize must be above 0");
    if (memory.bytes() < historySize.bytes()) {
      throw new IllegalArgumentException("memory must be historySize at least");
    }
    if (keep.toMillis() < 1000) throw new IllegalArgumentException("keep must be 1s at least");
    if (maxEvent.bytes() < 1 || maxEvent.bytes() > 1 << 20) {
      throw new IllegalArgumentException("maxEvent must be 1 to 1MiB");
    }
    kinds = kinds == null ? Map.of() : Map.copyOf(kinds);
    for (String kind : kinds.keySet()) {
      if (!ChannelName.isKind(kind)) {
        throw new IllegalArgumentException(
            "kinds: \"" + kind + "\" must be of small letters, digits and -, 32 at most");
      }
    }
  }
}
