package dev.sluice.app;

import dev.sluice.cache.Cache;
import dev.sluice.cache.CacheKey;
import dev.sluice.call.Call;
import dev.sluice.call.Failure;
import dev.sluice.call.Reply;
import dev.sluice.contract.Contract;
import dev.sluice.contract.Operation;
import dev.sluice.provider.Providers;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.List;

/** What doors and apps do with a call: send it through its stations to whoever answers it. */
public final class Engine {
  private final Vertx vertx;
  private final Contract contract;
  private final Cache cache;

  public Engine(Vertx vertx, Contract contract, Cache cache) {
    this.vertx = vertx;
    this.contract = contract;
    this.cache = cache;
  }

  public Contract contract() {
    return contract;
  }

  /**
   * Answers a call whose parameters are valid and whose caller was let in: from the cache where its
   * policy has one, else from its origin; a success makes the policy's tags stale.
   */
  public Future<Reply> answer(Call call) {
    Operation operation = contract.operation(call.operation());
    if (operation == null) {
      return Future.failedFuture(
          Failure.notFound("NOT_FOUND", "There is no operation " + call.operation() + "."));
    }
    if (CacheKey.applies(operation, call)) return cache.lookup(operation, call);
    Future<Reply> reply = operation.origin().ask(vertx, call, call.deadline());
    List<String> tags = operation.policy().invalidates();
    if (tags.isEmpty()) return reply;
    return reply.compose(
        r ->
            r.status() < 400
                ? cache.invalidate(CacheKey.tags(tags, call)).map(r)
                : Future.succeededFuture(r));
  }

  /** Asks a provider, in that provider's own operations. */
  public Future<Reply> ask(String provider, Call call) {
    return Providers.address(provider).ask(vertx, call, call.deadline());
  }
}
