package dev.sluice.realtime;

import dev.sluice.conf.Size;
import dev.sluice.websocket.Bounds;
import java.time.Duration;

/**
 * The {@code sockets} section.
 *
 * @param maxFrame of one frame that a client sends
 * @param maxMessage of one message, inflated
 * @param heartbeat after so long without a word a client is asked whether it lives
 * @param idleTimeout after so long it is gone
 * @param messages a second that a client may send for long,
 * @param burst and at once
 * @param calls that one client may have under way
 * @param channels that one client may hear
 * @param slow so long a client may take nothing of what waits for it
 * @param outbox what may wait for a client that reads slowly
 * @param closing how long a client that was told of the end may take to close
 */
public record SocketSettings(
    Size maxFrame,
    Size maxMessage,
    Duration heartbeat,
    Duration idleTimeout,
    int messages,
    int burst,
    int calls,
    int channels,
    Duration slow,
    Size outbox,
    Duration closing) {

  public SocketSettings {
    must(
        messages > 0 && burst > 0 && calls > 0 && channels > 0,
        "messages, burst, calls and channels must be above 0");
    must(heartbeat.toMillis() > 0 && slow.toMillis() > 0, "heartbeat and slow must be above 0");
    must(idleTimeout.compareTo(heartbeat) > 0, "idleTimeout must be longer than heartbeat");
    must(maxMessage.bytes() >= maxFrame.bytes(), "maxMessage must be maxFrame at least");
    must(maxMessage.bytes() <= 64 << 20, "maxMessage must be 64MiB at most");
  }

  private static void must(boolean so, String otherwise) {
    if (!so) throw new IllegalArgumentException(otherwise);
  }

  /** What a socket may ask for. */
  public Bounds bounds() {
    return new Bounds(maxFrame.toInt(), maxMessage.toInt(), closing);
  }
}
