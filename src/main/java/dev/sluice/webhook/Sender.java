package dev.sluice.webhook;

import dev.sluice.upstream.connection.Connection;
import dev.sluice.upstream.connection.Http1Connection;
import io.netty.util.NetUtil;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.net.ConnectOptions;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetClientOptions;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.core.net.SocketAddress;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Sends messages, each on a connection of its own: to the very address that was found fit, so that
 * a name that changes in between leads nowhere else. On one event loop.
 */
final class Sender {
  private final Vertx vertx;
  private final WebhookSettings settings;
  private final Locator locator;
  private final NetClient client;

  Sender(Vertx vertx, WebhookSettings settings, Names names) {
    this.vertx = vertx;
    this.settings = settings;
    this.locator = new Locator(settings, names);
    this.client = vertx.createNetClient(options(settings));
  }

  /**
   * What is to be sent.
   *
   * @param id the same at each attempt, and to each receiver
   * @param secrets that it is signed by: the one in use, and the one before while it is good
   */
  record Message(String id, String body, String url, List<Secret> secrets) {
    @Override
    public String toString() {
      return "Message[" + id + "]";
    }
  }

  /**
   * How it went.
   *
   * @param retryAfter how long the receiver asks to be left alone; null where it does not
   */
  record Result(Attempt attempt, Duration retryAfter) {}

  /** A connection to where a URL leads. */
  record Connected(Connection connection, Endpoint endpoint) {}

  /** Sends it once; never fails. */
  Future<Result> send(Message message) {
    return new Transmission(vertx, settings.timeout(), message).begin(this);
  }

  /** Connects to the first address that answers, of two. */
  Future<Connected> connect(String url) {
    return locator
        .locate(url)
        .compose(
            to -> {
              Future<Connection> first = connect(to.endpoint(), to.addresses().get(0));
              return to.addresses().size() == 1
                  ? first.map(made -> new Connected(made, to.endpoint()))
                  : first
                      .recover(e -> connect(to.endpoint(), to.addresses().get(1)))
                      .map(made -> new Connected(made, to.endpoint()));
            });
  }

  private Future<Connection> connect(Endpoint endpoint, InetAddress address) {
    ConnectOptions to =
        new ConnectOptions()
            .setRemoteAddress(
                SocketAddress.inetSocketAddress(endpoint.port(), NetUtil.toAddressString(address)))
            .setHost(endpoint.host())
            .setPort(endpoint.port())
            .setSsl(endpoint.tls());
    boolean named = endpoint.tls() && endpoint.literal() == null;
    if (named) to.setSniServerName(endpoint.host()); // never an address (RFC 6066 §3)
    return client.connect(to).map(Http1Connection::on);
  }

  /** For no more messages; those under way go on. */
  void retire() {
    vertx.setTimer(settings.timeout().toMillis() + 1, t -> client.close());
  }

  private static NetClientOptions options(WebhookSettings settings) {
    int limit = (int) settings.connectTimeout().toMillis();
    NetClientOptions options = new NetClientOptions();
    options
        .setConnectTimeout(limit)
        .setHostnameVerificationAlgorithm("HTTPS")
        .setSsl(true)
        .setSslHandshakeTimeoutUnit(TimeUnit.MILLISECONDS)
        .setSslHandshakeTimeout(limit);
    if (!settings.ca().isEmpty()) {
      options.setTrustOptions(new PemTrustOptions().addCertPath(settings.ca()));
    }
    return options;
  }
}
