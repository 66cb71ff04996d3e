package dev.sluice.outward;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;

/** Finds the addresses of hosts. */
public interface Names {

  /** All addresses of a name; fails where it has none. */
  Future<List<InetAddress>> addresses(String host);

  /** As this machine is set up to. */
  static Names of(Vertx vertx) {
    VertxInternal internal = (VertxInternal) vertx;
    return host -> {
      ContextInternal context = internal.getOrCreateContext();
      Promise<List<InetSocketAddress>> found = context.promise();
      internal.nameResolver().resolveAll(host, found::handle);
      return found.future().map(all -> all.stream().map(InetSocketAddress::getAddress).toList());
    };
  }
}
