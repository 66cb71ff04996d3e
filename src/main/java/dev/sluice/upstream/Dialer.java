package dev.sluice.upstream;

import dev.sluice.framing.Answer;
import dev.sluice.framing.ResponseFraming;
import dev.sluice.upstream.connection.Connection;
import dev.sluice.upstream.connection.Http1Connection;
import dev.sluice.upstream.connection.Http2Connection;
import dev.sluice.upstream.connection.Request;
import dev.sluice.upstream.connection.Stream;
import io.netty.util.NetUtil;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpClientConnection;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpConnectOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.ClientOptionsBase;
import io.vertx.core.net.ConnectOptions;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetClientOptions;
import io.vertx.core.net.NetSocket;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.core.net.SocketAddress;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Supplier;

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

  /** For how long a target that has chosen HTTP/1.1 is not asked for HTTP/2 again. */
  private static final long CHOICE_NANOS = Duration.ofMinutes(5).toNanos();

  private final Vertx vertx;
  private final UpstreamSettings settings;
  private final TlsSettings tls;
  private final HttpClientAgent http2;
  private final NetClient http1;
  private final NetClient probes;
  private final Map<Target, Long> choseHttp1 = new ConcurrentHashMap<>();

  Dialer(Vertx vertx, UpstreamSettings settings) {
    this.vertx = vertx;
    this.settings = settings;
    this.tls = settings.tls() == null ? TlsSettings.DEFAULT : settings.tls();
    this.http2 = settings.http2() ? vertx.createHttpClient(http2Options()) : null;
    this.http1 = vertx.createNetClient(http1Options());
    this.probes = vertx.createNetClient(probeOptions());
  }

  /** A new connection. Fails with what Vert.x found. */
  Future<Connection> dial(Target target) {
    Long chosen = choseHttp1.get(target);
    boolean choice = chosen == null || System.nanoTime() - chosen > CHOICE_NANOS;
    return settings.http2() && choice ? dialHttp2(target) : dialHttp1(target);
  }

  /** The same for what HTTP/1.1 alone can carry. */
  Future<Connection> dialHttp1(Target target) {
    return limited(() -> http1.connect(socket(target)), NetSocket::close).map(Http1Connection::on);
  }

  /** Where TLS finds that the target speaks HTTP/1.1 alone, it is dialled anew for that. */
  private Future<Connection> dialHttp2(Target target) {
    HttpConnectOptions to =
        new HttpConnectOptions()
            .setServer(address(target))
            .setHost(name(target))
            .setPort(target.settings().port())
            .setSsl(settings.isTls());
    return limited(() -> http2.connect(to), HttpClientConnection::close)
        .compose(
            connection -> {
              boolean chosen = connection.getWindowSize() >= 0; // HTTP/1.1 has none
              if (chosen) return Future.succeededFuture(new Http2Connection(connection));
              connection.close();
              choseHttp1.put(target, System.nanoTime());
              return dialHttp1(target);
            });
  }

  /** HTTP/2 is connected when the peer's settings have come, for which Vert.x waits without end. */
  private <T> Future<T> limited(Supplier<Future<T>> dial, Consumer<T> close) {
    Promise<T> dialled = Promise.promise();
    long limit = 2 * settings.connectTimeout().toMillis();
    long timer =
        vertx.setTimer(
            limit, t -> dialled.tryFail(new TimeoutException("connecting took too long")));
    Future.succeededFuture()
        .compose(go -> dial.get()) // a closed client throws
        .onComplete(
            connected -> {
              vertx.cancelTimer(timer);
              if (connected.failed()) dialled.tryFail(connected.cause());
              else if (!dialled.tryComplete(connected.result())) close.accept(connected.result());
            });
    return dialled.future();
  }

  /** The status of the answer to a request of our own, over a connection of its own. */
  Future<Integer> ask(Target target, String path, Duration timeout) {
    MultiMap fields = MultiMap.caseInsensitiveMultiMap().add("user-agent", "Sluice");
    Request request = new Request(HttpMethod.GET, path, target.authority(), fields);
    return dial(target)
        .compose(
            connection -> {
              Status status = new Status();
              connection
                  .open(status)
                  .onSuccess(stream -> stream.send(request, Stream.Body.NONE))
                  .onFailure(status::fail);
              return status
                  .told
                  .future()
                  .timeout(timeout.toMillis(), TimeUnit.MILLISECONDS)
                  .onComplete(done -> connection.close());
            });
  }

  /** Wants to know no more of an answer than its status. */
  private static final class Status implements Stream.Listener {
    private final Promise<Integer> told = Promise.promise();

    @Override
    public void hints(MultiMap fields) {}

    @Override
    public void head(Answer answer) {
      told.tryComplete(answer.status());
    }

    @Override
    public void data(Buffer part) {}

    @Override
    public void end(MultiMap trailers) {}

    @Override
    public void fail(Throwable cause) {
      told.tryFail(cause);
    }

    @Override
    public void drained() {}
  }

  /**
   * Whether there is somebody at all: any byte will do, and so will a refusal to talk. It is sent
   * what no HTTP server takes amiss: OPTIONS * (RFC 9110 §9.3.7), or an HTTP/2 preface.
   */
  Future<Boolean> isAlive(Target target, Duration timeout) {
    return probes
        .connect(socket(target).setTimeout((int) timeout.toMillis()))
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
    if (http2 != null) http2.close();
    http1.close();
    probes.close();
  }

  private ConnectOptions socket(Target target) {
    ConnectOptions to =
        new ConnectOptions()
            .setRemoteAddress(address(target))
            .setHost(name(target))
            .setPort(target.settings().port())
            .setSsl(settings.isTls());
    return settings.isTls() && isNamed(name(target)) ? to.setSniServerName(name(target)) : to;
  }

  private static SocketAddress address(Target target) {
    return SocketAddress.inetSocketAddress(target.settings().port(), target.settings().host());
  }

  /** The name that its certificate must have, and that is sent as SNI. */
  private String name(Target target) {
    return tls.serverName() == null ? target.settings().host() : tls.serverName();
  }

  private HttpClientOptions http2Options() {
    HttpClientOptions options =
        new HttpClientOptions()
            // one that is not shared stays in memory when it is closed (5.0.8)
            .setShared(true)
            .setName(UUID.randomUUID().toString())
            .setConnectTimeout((int) settings.connectTimeout().toMillis())
            .setDecompressionSupported(false)
            .setMaxHeaderSize(ResponseFraming.MAX_HEAD)
            .setProtocolVersion(HttpVersion.HTTP_2)
            .setHttp2ClearTextUpgrade(false)
            .setHttp2MultiplexingLimit(STREAMS)
            .setHttp2ConnectionWindowSize(STREAMS * STREAM_WINDOW)
            .setInitialSettings(
                new Http2Settings()
                    .setPushEnabled(false)
                    .setMaxHeaderListSize(ResponseFraming.MAX_HEAD)
                    .setInitialWindowSize(STREAM_WINDOW));
    if (!settings.isTls()) return options;
    boolean named =
        settings.targets().stream()
            .allMatch(target -> tls.serverName() != null || isNamed(target.host()));
    options.setUseAlpn(true).setVerifyHost(tls.verify()).setForceSni(named);
    secure(options);
    return options;
  }

  private NetClientOptions http1Options() {
    NetClientOptions options = new NetClientOptions();
    options.setConnectTimeout((int) settings.connectTimeout().toMillis());
    if (!settings.isTls()) return options;
    secure(options);
    return options.setHostnameVerificationAlgorithm(tls.verify() ? "HTTPS" : "");
  }

  private NetClientOptions probeOptions() {
    NetClientOptions options = http1Options();
    if (!settings.isTls()) return options;
    return options.setTrustOptions(null).setTrustAll(true).setHostnameVerificationAlgorithm("");
  }

  private void secure(ClientOptionsBase options) {
    options
        .setSsl(true)
        .setTrustAll(!tls.verify())
        .setSslHandshakeTimeoutUnit(TimeUnit.MILLISECONDS)
        .setSslHandshakeTimeout(settings.connectTimeout().toMillis());
    if (tls.ca() != null) {
      options.setTrustOptions(new PemTrustOptions().addCertPath(tls.ca().toString()));
    }
    if (tls.certificate() == null) return;
    options.setKeyCertOptions(
        new PemKeyCertOptions()
            .setCertPath(tls.certificate().toString())
            .setKeyPath(tls.key().toString()));
  }

  /** SNI has names, never addresses (RFC 6066 §3). */
  private static boolean isNamed(String host) {
    return !NetUtil.isValidIpV4Address(host) && !NetUtil.isValidIpV6Address(host);
  }
}
