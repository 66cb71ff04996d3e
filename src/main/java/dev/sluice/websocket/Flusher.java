package dev.sluice.websocket;

import io.netty.channel.ChannelHandlerContext;
import java.util.ArrayList;
import java.util.List;

/**
 * Sends what has been written to the sockets of one event loop once it has nothing else to write:
 * what comes in one moment leaves in one system call a socket. Who writes to thousands holds it,
 * and flushes each at once, while what it touches is in the processor's caches.
 */
final class Flusher {
  private List<ChannelHandlerContext> written = new ArrayList<>();
  private List<ChannelHandlerContext> spare = new ArrayList<>();
  private final List<ChannelHandlerContext> held = new ArrayList<>();
  private boolean holds;

  void soon(ChannelHandlerContext context) {
    if (holds) {
      held.add(context);
      return;
    }
    if (written.isEmpty()) context.executor().execute(this::flush);
    written.add(context);
  }

  void hold() {
    holds = true;
  }

  /** Sends what is held; to send may make room, and have more written. */
  void flushHeld() {
    for (int i = 0; i < held.size(); i++) held.get(i).flush();
    held.clear();
  }

  void release() {
    flushHeld();
    holds = false;
  }

  void now(ChannelHandlerContext context) {
    context.flush();
  }

  private void flush() {
    List<ChannelHandlerContext> those = written;
    written = spare;
    spare = those;
    for (ChannelHandlerContext context : those) context.flush();
    those.clear();
  }
}
