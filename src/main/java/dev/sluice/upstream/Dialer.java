package dev.sluice.upstream;

import dev.sluice.framing.ResponseFramingHandler;
import io.netty.util.NetUtil;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpClientConnection;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpConnectOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.ConnectOptions;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetClientOptions;
import io.vertx.core.net.NetSocket;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.core.net.SocketAddress;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Opens connections to the targets of one upstream, each on the event loop that asks; all share the
 * TLS context, and so its sessions.
 */
final class Dialer {
  /** Streams of one HTTP/2 connection; its window has room for all of theirs (RFC 9113 §5.2). */
  private static final int STREAMS = 100;

  private static final int STREAM_WINDOW = 256 << 10;
  private static final String HTTP1_HELLO =
      "OPTIONS * HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n";

  /** The preface and an empty SETTINGS frame (RFC 9113 §3.4). */
  private static final String HTTP2_HELLO = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0";

  private final Vertx vertx;
  private final UpstreamSettings settings;
  private final TlsSettings tls;
  private final HttpClientAgent client;
  private final NetClient sockets;

  Dialer(Vertx vertx, UpstreamSettings settings) {
    this.vertx = vertx;
    this.settings = settings;
    this.tls = settings.tls() == null ? TlsSettings.DEFAULT : settings.tls();
    this.client = vertx.createHttpClient(options());
    this.sockets = vertx.createNetClient(socketOptions());
  }

  /** A new connection. Fails with what Vert.x found. */
  Future<HttpClientConnection> dial(Target target) {
    HttpConnectOptions to =
        new HttpConnectOptions()
            .setServer(address(target))
            .setHost(name(target))
            .setPort(target.settings().port())
            .setSsl(settings.isTls());
    Promise<HttpClientConnection> dialled = Promise.promise();
    // HTTP/2 is connected when the peer's settings have come, for which Vert.x waits without end
    long limit = 2 * settings.connectTimeout().toMillis();
    long timer = vertx.setTimer(limit, t -> dialled.tryFail(late("a connection")));
    Future.succeededFuture()
        .compose(go -> client.connect(to)) // a closed client throws
        .onComplete(
            connected -> {
              vertx.cancelTimer(timer);
              if (connected.failed()) dialled.tryFail(connected.cause());
              else if (!dialled.tryComplete(connected.result())) connected.result().close();
            });
    return dialled.future();
  }

  /** The status of the answer to a request of our own, over a connection of its own. */
  Future<Integer> ask(Target target, String path, Duration timeout) {
    return dial(target)
        .compose(
            connection ->
                connection
                    .request(new RequestOptions().setMethod(HttpMethod.GET).setURI(path))
                    .compose(request -> send(request, target))
                    .timeout(timeout.toMillis(), TimeUnit.MILLISECONDS)
                    .onComplete(done -> connection.close()));
  }

  private Future<Integer> send(HttpClientRequest request, Target target) {
    request.exceptionHandler(broken -> {}); // the answer's future tells
    if (request.version() != HttpVersion.HTTP_2) request.putHeader("Host", target.authority());
    request.putHeader("User-Agent", "Sluice");
    return request.send().map(answer -> answer.statusCode());
  }

  /**
   * Whether there is somebody at all: any byte will do, and so will a refusal to talk. It is sent
   * what no HTTP server takes amiss: OPTIONS * (RFC 9110 §9.3.7), or an HTTP/2 preface.
   */
  Future<Boolean> isAlive(Target target, Duration timeout) {
    ConnectOptions to =
        new ConnectOptions()
            .setRemoteAddress(address(target))
            .setHost(name(target))
            .setPort(target.settings().port())
            .setTimeout((int) timeout.toMillis());
    return sockets
        .connect(to)
        .compose(socket -> settings.isTls() ? shaken(socket) : hello(socket, target, timeout))
        .recover(cause -> Future.succeededFuture(isWord(Trouble.of(cause))));
  }

  /** The handshake took both sides. */
  private static Future<Boolean> shaken(NetSocket socket) {
    socket.close();
    return Future.succeededFuture(true);
  }

  private Future<Boolean> hello(NetSocket socket, Target target, Duration timeout) {
    Promise<Boolean> answered = Promise.promise();
    socket.handler(bytes -> answered.tryComplete(true));
    socket.closeHandler(closed -> answered.tryComplete(true));
    socket.exceptionHandler(broken -> {});
    String hello = settings.http2() ? HTTP2_HELLO : HTTP1_HELLO.formatted(target.authority());
    socket.write(Buffer.buffer(hello, "ISO-8859-1"));
    return answered
        .future()
        .timeout(timeout.toMillis(), TimeUnit.MILLISECONDS)
        .onComplete(done -> socket.close());
  }

  private static boolean isWord(Trouble trouble) {
    return switch (trouble) {
      case CONNECTION_REFUSED,
          CONNECTION_TIMEOUT,
          HTTP_RESPONSE_TIMEOUT,
          DNS_ERROR,
          DNS_TIMEOUT,
          DESTINATION_IP_UNROUTABLE ->
          false;
      default -> true;
    };
  }

  void close() {
    client.close();
    sockets.close();
  }

  private static SocketAddress address(Target target) {
    return SocketAddress.inetSocketAddress(target.settings().port(), target.settings().host());
  }

  /** The name that its certificate must have, and that is sent as SNI. */
  private String name(Target target) {
    return tls.serverName() == null ? target.settings().host() : tls.serverName();
  }

  private static TimeoutException late(String what) {
    return new TimeoutException("it took too long to open " + what);
  }

  private HttpClientOptions options() {
    HttpClientOptions options =
        new HttpClientOptions()
            // one that is not shared stays in memory when it is closed (5.0.8)
            .setShared(true)
            .setName(UUID.randomUUID().toString())
            .setConnectTimeout((int) settings.connectTimeout().toMillis())
            .setDecompressionSupported(false)
            .setMaxHeaderSize(ResponseFramingHandler.MAX_HEAD)
            .setTcpNoDelay(true);
    if (settings.http2()) {
      options
          .setProtocolVersion(HttpVersion.HTTP_2)
          .setHttp2ClearTextUpgrade(false)
          .setHttp2MultiplexingLimit(STREAMS)
          .setHttp2ConnectionWindowSize(STREAMS * STREAM_WINDOW)
          .setInitialSettings(
              new Http2Settings().setPushEnabled(false).setInitialWindowSize(STREAM_WINDOW));
    }
    if (!settings.isTls()) return options;
    options
        .setSsl(true)
        .setUseAlpn(settings.http2())
        .setVerifyHost(tls.verify())
        .setTrustAll(!tls.verify())
        .setForceSni(isNamed())
        .setSslHandshakeTimeoutUnit(TimeUnit.MILLISECONDS)
        .setSslHandshakeTimeout(settings.connectTimeout().toMillis());
    if (tls.ca() != null) options.setTrustOptions(authorities());
    if (tls.certificate() != null) options.setKeyCertOptions(own());
    return options;
  }

  private NetClientOptions socketOptions() {
    NetClientOptions options =
        new NetClientOptions().setConnectTimeout((int) settings.connectTimeout().toMillis());
    if (!settings.isTls()) return options;
    options.setSsl(true).setTrustAll(true).setHostnameVerificationAlgorithm("");
    if (tls.certificate() != null) options.setKeyCertOptions(own());
    return options
        .setSslHandshakeTimeoutUnit(TimeUnit.MILLISECONDS)
        .setSslHandshakeTimeout(settings.connectTimeout().toMillis());
  }

  private PemTrustOptions authorities() {
    return new PemTrustOptions().addCertPath(tls.ca().toString());
  }

  private PemKeyCertOptions own() {
    return new PemKeyCertOptions()
        .setCertPath(tls.certificate().toString())
        .setKeyPath(tls.key().toString());
  }

  /** SNI has names, never addresses (RFC 6066 §3). */
  private boolean isNamed() {
    if (tls.serverName() != null) return true;
    return settings.targets().stream()
        .map(TargetSettings::host)
        .noneMatch(host -> NetUtil.isValidIpV4Address(host) || NetUtil.isValidIpV6Address(host));
  }
}
