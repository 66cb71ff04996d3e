package dev.sluice.framing;

import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.concurrent.GlobalEventExecutor;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.transport.Transport;
import java.util.function.IntPredicate;
import java.util.function.Supplier;

/**
 * A transport whose server sockets check the framing of what they are sent, and take leave of their
 * clients before they close.
 */
public final class Sockets implements Transport {
  private final Transport plain;
  private final IntPredicate ports;
  private final Supplier<FramingHandler> handlers;
  private final ChannelGroup sockets = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);

  /**
   * Of another one.
   *
   * @param plain the one it is made of
   * @param ports which of the ports that are listened on are checked
   * @param handlers gives each connection its own
   */
  public Sockets(Transport plain, IntPredicate ports, Supplier<FramingHandler> handlers) {
    this.plain = plain;
    this.ports = ports;
    this.handlers = handlers;
  }

  /**
   * Listens no more, and leaves the connections alone; done when all that were accepted are with
   * the event loops that serve them. Vert.x on its own takes the servers of a port away one by one
   * while it still accepts, and drops what comes for those that are gone.
   */
  public Future<Void> stopAccepting() {
    Promise<Void> stopped = Promise.promise();
    sockets.close().addListener(closed -> stopped.complete());
    return stopped.future();
  }

  @Override
  public String name() {
    return plain.name();
  }

  @Override
  public boolean available() {
    return plain.available();
  }

  @Override
  public Throwable unavailabilityCause() {
    return plain.unavailabilityCause();
  }

  @Override
  public io.vertx.core.spi.transport.Transport implementation() {
    return new Listening(plain.implementation(), ports, handlers, sockets);
  }
}
