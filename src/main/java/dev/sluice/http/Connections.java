package dev.sluice.http;

import dev.sluice.framing.FramesHandler;
import dev.sluice.http.tls.ClientCertificate;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.impl.ConnectionBase;
import java.util.IdentityHashMap;
import java.util.Map;

/** The connections of one event loop that have asked something, and their clients' addresses. */
final class Connections {
  private final Map<HttpConnection, String> addresses = new IdentityHashMap<>();
  private volatile int size;
  private volatile int piped;

  void opened(HttpConnection connection) {
    FramesHandler.opened(connection);
    ClientCertificate.keep(connection);
    addresses.put(connection, "");
    size++;
    // not its close handler, which whoever upgrades the connection may take
    ((ConnectionBase) connection)
        .channel()
        .closeFuture()
        .addListener(
            closed -> {
              addresses.remove(connection);
              size--;
            });
  }

  /** The address of who asks; found once a connection where no proxy may tell another. */
  String client(HttpServerRequest request, Client clients) {
    if (!clients.isFixed()) return clients.address(request);
    HttpConnection connection = request.connection();
    String known = addresses.get(connection);
    if (known != null && !known.isEmpty()) return known;
    String address = clients.address(request);
    if (known != null) addresses.put(connection, address);
    return address;
  }

  /** So many more carry a socket that is passed on. */
  void piped(int more) {
    piped += more;
  }

  /** How many do; readable from any thread. */
  int piped() {
    return piped;
  }

  /** Readable from any thread. */
  int size() {
    return size;
  }
}
