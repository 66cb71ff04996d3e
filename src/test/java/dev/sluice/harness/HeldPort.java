package dev.sluice.harness;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;

/**
 * A free port of 127.0.0.1 that has to be known before a server listens on it: bound here, and not
 * listened on, so that until then nobody else is given it.
 */
public final class HeldPort implements Closeable {
  private final SocketChannel held;
  private final int port;

  public HeldPort() throws IOException {
    held = SocketChannel.open().setOption(StandardSocketOptions.SO_REUSEADDR, true);
    held.bind(new InetSocketAddress("127.0.0.1", 0));
    port = ((InetSocketAddress) held.getLocalAddress()).getPort();
  }

  public int port() {
    return port;
  }

  @Override
  public void close() throws IOException {
    held.close();
  }
}
