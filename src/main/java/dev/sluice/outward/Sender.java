package dev.sluice.outward;

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
import java.util.concurrent.TimeUnit;

/**
 * Sends parcels, each on a connection of its own: to the very address that was found fit, so that a
 * name that changes in between leads nowhere else. On one event loop.
 */
public final class Sender {
  private final Vertx vertx;
  private final Reach reach;
  private final Locator locator;
  private final NetClient client;

  public Sender(Vertx vertx, Reach reach, Names names) {
    this.vertx = vertx;
    this.reach = reach;
    this.locator = new Locator(reach, names);
    this.client = vertx.createNetClient(options(reach));
  }

  /** A connection to where a URL leads. */
  record Connected(Connection connection, Endpoint endpoint) {}

  /** Sends it once; never fails. */
  public Future<Sent> send(Parcel parcel) {
    return new Transmission(vertx, reach.timeout(), parcel).begin(this);
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

  /** For no more parcels; those under way go on. */
  public void retire() {
    vertx.setTimer(reach.timeout().toMillis() + 1, t -> client.close());
  }

  private static NetClientOptions options(Reach reach) {
    int limit = (int) reach.connectTimeout().toMillis();
    NetClientOptions options = new NetClientOptions();
    options
        .setConnectTimeout(limit)
        .setHostnameVerificationAlgorithm("HTTPS")
        .setSsl(true)
        .setSslHandshakeTimeoutUnit(TimeUnit.MILLISECONDS)
        .setSslHandshakeTimeout(limit);
    if (!reach.ca().isEmpty()) {
      options.setTrustOptions(new PemTrustOptions().addCertPath(reach.ca()));
    }
    return options;
  }
}
