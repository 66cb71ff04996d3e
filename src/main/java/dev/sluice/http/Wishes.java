package dev.sluice.http;

import dev.sluice.call.Wish;
import dev.sluice.contract.Policy;
import dev.sluice.guard.idempotency.Key;
import io.vertx.core.http.HttpServerRequest;

/** Reads from a request how its caller wants it done, as far as its operation heeds that. */
final class Wishes {
  private Wishes() {}

  /** Throws 400 where it cannot be told. */
  static Wish of(HttpServerRequest request, Policy policy) {
    if (policy.idempotency() == null && !policy.async()) return Wish.NONE;
    String key =
        policy.idempotency() == null ? null : Key.of(request.headers().getAll("Idempotency-Key"));
    boolean later = policy.async() && Preferences.of(request.headers().getAll("Prefer")).later();
    return new Wish(key, later);
  }
}
