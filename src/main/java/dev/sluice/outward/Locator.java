package dev.sluice.outward;

import io.vertx.core.Future;
import java.net.InetAddress;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Finds out where a URL leads, and whether something may be sent there. */
public final class Locator {
  private final Reach reach;
  private final Addresses addresses;
  private final Names names;

  public Locator(Reach reach, Names names) {
    this.reach = reach;
    this.addresses = Addresses.allowing(reach.allow());
    this.names = names;
  }

  /** Fails with {@link Unfit}. */
  public Future<Destination> locate(String url) {
    Endpoint endpoint;
    try {
      endpoint = Endpoint.of(url, reach.http());
    } catch (IllegalArgumentException e) {
      return Future.failedFuture(new Unfit(e.getMessage()));
    }
    if (endpoint.literal() != null) {
      return Future.succeededFuture(List.of(endpoint.literal())).map(all -> fit(endpoint, all));
    }
    return names
        .addresses(endpoint.host())
        .timeout(reach.connectTimeout().toMillis(), TimeUnit.MILLISECONDS)
        .recover(e -> Future.failedFuture(unknown()))
        .map(all -> fit(endpoint, all));
  }

  /** Every one of them must be: which of them is used is left to chance elsewhere, too. */
  private Destination fit(Endpoint endpoint, List<InetAddress> found) {
    if (found.isEmpty()) throw unknown();
    for (InetAddress address : found) {
      String kind = addresses.refusal(endpoint.host(), address);
      if (kind != null) throw new Unfit("leads to " + kind + ", which is not allowed");
    }
    return new Destination(endpoint, found);
  }

  private static Unfit unknown() {
    return new Unfit("has a host name that cannot be resolved");
  }
}
