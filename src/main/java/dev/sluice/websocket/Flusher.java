package dev.sluice.websocket;

import io.netty.channel.ChannelHandlerContext;
import java.util.ArrayList;
import java.util.List;

/**
 * Sends what has been written to the sockets of one event loop once it has nothing else to write:
 * what comes in one moment leaves in one system call a socket.
 */
final class Flusher {
  private List<ChannelHandlerContext> written = new ArrayList<>();
  private List<ChannelHandlerContext> spare = new ArrayList<>();

  void soon(ChannelHandlerContext context) {
    if (written.isEmpty()) context.executor().execute(this::flush);
    written.add(context);
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
