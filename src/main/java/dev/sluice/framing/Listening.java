package dev.sluice.framing;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.ServerChannel;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.InternetProtocolFamily;
import io.vertx.core.datagram.DatagramSocketOptions;
import io.vertx.core.net.ClientOptionsBase;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.spi.transport.Transport;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Set;
import java.util.concurrent.ThreadFactory;
import java.util.function.IntPredicate;
import java.util.function.Supplier;

/**
 * A transport whose server sockets give every connection they accept a handler, before any byte of
 * it is read: Vert.x itself tells of a connection only with its first whole request.
 */
@SuppressWarnings("deprecation") // the interface itself still names InternetProtocolFamily
record Listening(
    Transport transport,
    IntPredicate ports,
    Supplier<FramingHandler> handlers,
    Set<Channel> sockets)
    implements Transport {
  private static final ChannelOption<Long> UNSENT = // elsewhere there is none of that name
      ChannelOption.valueOf("io.netty.channel.epoll.EpollChannelOption#TCP_NOTSENT_LOWAT");

  /** What the kernel takes for a client beside what is on its way to it, in bytes. */
  private static final long MOST_UNSENT = 256 * 1024;

  @Override
  public ChannelFactory<? extends ServerChannel> serverChannelFactory(boolean domainSocket) {
    ChannelFactory<? extends ServerChannel> factory = transport.serverChannelFactory(domainSocket);
    return () -> {
      ServerChannel socket = factory.newChannel();
      socket.pipeline().addLast(new Accepting());
      return socket;
    };
  }

  /** Of a server's socket: what it reads are connections. */
  private final class Accepting extends ChannelInboundHandlerAdapter {
    @Override
    public void channelActive(ChannelHandlerContext context) {
      if (isOurs(context.channel())) sockets.add(context.channel());
      context.fireChannelActive();
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
      sockets.remove(context.channel());
      context.fireChannelInactive();
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object accepted) {
      if (isOurs(context.channel())) {
        ((Channel) accepted).pipeline().addFirst(new Farewell(), new Arrival(handlers.get()));
        ((Channel) accepted).config().setOption(UNSENT, MOST_UNSENT);
      }
      context.fireChannelRead(accepted);
    }

    private boolean isOurs(Channel socket) {
      return socket.localAddress() instanceof InetSocketAddress here && ports.test(here.getPort());
    }
  }

  @Override
  public boolean supportsDomainSockets() {
    return transport.supportsDomainSockets();
  }

  @Override
  public boolean supportFileRegion() {
    return transport.supportFileRegion();
  }

  @Override
  public boolean isAvailable() {
    return transport.isAvailable();
  }

  @Override
  public Throwable unavailabilityCause() {
    return transport.unavailabilityCause();
  }

  @Override
  public SocketAddress convert(io.vertx.core.net.SocketAddress address) {
    return transport.convert(address);
  }

  @Override
  public io.vertx.core.net.SocketAddress convert(SocketAddress address) {
    return transport.convert(address);
  }

  @Override
  public EventLoopGroup eventLoopGroup(int type, int threads, ThreadFactory factory, int ioRatio) {
    return transport.eventLoopGroup(type, threads, factory, ioRatio);
  }

  @Override
  public void configure(DatagramChannel channel, DatagramSocketOptions options) {
    transport.configure(channel, options);
  }

  @Override
  public void configure(NetServerOptions options, boolean domainSocket, ServerBootstrap bootstrap) {
    transport.configure(options, domainSocket, bootstrap);
  }

  @Override
  public void configure(
      ClientOptionsBase options, int connectTimeout, boolean domainSocket, Bootstrap bootstrap) {
    transport.configure(options, connectTimeout, domainSocket, bootstrap);
  }

  @Override
  public IoHandlerFactory ioHandlerFactory() {
    return transport.ioHandlerFactory();
  }

  @Override
  public ChannelFactory<? extends Channel> channelFactory(boolean domainSocket) {
    return transport.channelFactory(domainSocket);
  }

  @Override
  public DatagramChannel datagramChannel() {
    return transport.datagramChannel();
  }

  @Override
  public DatagramChannel datagramChannel(InternetProtocolFamily family) {
    return transport.datagramChannel(family);
  }
}
