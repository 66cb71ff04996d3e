package dev.sluice.webhook;

import io.vertx.core.Future;
import java.net.InetAddress;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Finds out where a URL leads, and whether something may be sent there. */
final class Locator {
  private final WebhookSettings settings;
  private final Addresses addresses;
  private final Names names;

  Locator(WebhookSettings settings, Names names) {
    this.settings = settings;
    this.addresses = Addresses.allowing(settings.allow());
    this.names = names;
  }

  /** Fails with {@link Unfit}. */
  Future<Destination> locate(String url) {
    Endpoint endpoint;
    try {
      endpoint = Endpoint.of(url, settings.http());
    } catch (IllegalArgumentException e) {
      return Future.failedFuture(new Unfit(e.getMessage()));
    }
    if (endpoint.literal() != null) {
      return Future.succeededFuture(List.of(endpoint.literal())).map(all -> fit(endpoint, all));
    }
    return names
        .addresses(endpoint.host())
        .timeout(settings.connectTimeout().toMillis(), TimeUnit.MILLISECONDS)
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
