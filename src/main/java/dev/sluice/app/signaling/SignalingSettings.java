package dev.sluice.app.signaling;

import dev.sluice.conf.Size;
import java.time.Duration;
import java.util.List;

/**
 * The {@code signaling} section.
 *
 * @param capacity the most peers that a room may be made for, and the usual
 * @param perUser how many rooms one user may have
 * @param perRoom how many peers of one user may be in one room
 * @param lifetime the longest that a room may be made for, and the usual
 * @param empty a room without peers is gone after so long
 * @param heartbeat a peer of which nothing is heard for so long has left
 * @param maxSdp of one offer or answer
 * @param stun URLs of STUN servers
 * @param turn the TURN servers
 */
public record SignalingSettings(
    int capacity,
    int perUser,
    int perRoom,
    Duration lifetime,
    Duration empty,
    Duration heartbeat,
    Size maxSdp,
    List<String> stun,
    Turn turn) {

  /**
   * TURN servers that share a secret with the gateway, as coturn's use-auth-secret has it.
   *
   * @param urls none, and clients are given no TURN servers
   * @param ttl how long credentials are good
   */
  public record Turn(List<String> urls, String secret, Duration ttl) {
    public Turn {
      urls = urls == null ? List.of() : List.copyOf(urls);
      check("urls", urls, "turns?:[^\\s]+", "turn:turn.example.com:3478");
      must(urls.isEmpty() || !secret.isEmpty(), "secret is missing: urls need one");
      must(ttl.toSeconds() >= 60 && ttl.toDays() <= 7, "ttl must be from 1m to 7d");
    }

    /** Keeps the secret out of logs. */
    @Override
    public String toString() {
      return "Turn" + urls;
    }
  }

  public SignalingSettings {
    stun = stun == null ? List.of() : List.copyOf(stun);
    check("stun", stun, "stuns?:[^\\s]+", "stun:stun.example.com:3478");
    must(capacity >= 2 && capacity <= 64, "capacity must be from 2 to 64");
    must(perUser >= 1 && perUser <= 10_000, "perUser must be from 1 to 10000");
    must(perRoom >= 1, "perRoom must be above 0");
    must(lifetime.toSeconds() >= 1 && lifetime.toDays() <= 30, "lifetime must be from 1s to 30d");
    must(empty.toMillis() >= 100, "empty must be 100ms at least");
    must(
        heartbeat.toMillis() >= 100 && heartbeat.toHours() <= 1,
        "heartbeat must be from 100ms to 1h");
    must(maxSdp.bytes() >= 1024 && maxSdp.bytes() <= 512 << 10, "maxSdp must be 1KiB to 512KiB");
  }

  private static void check(String name, List<String> urls, String form, String example) {
    for (String url : urls) {
      must(url.matches(form), name + ": \"" + url + "\" must be one such as " + example);
    }
  }

  private static void must(boolean so, String otherwise) {
    if (!so) throw new IllegalArgumentException(otherwise);
  }
}
