package dev.sluice.http;

import dev.sluice.call.Caller;
import dev.sluice.call.Failure;
import dev.sluice.call.Failure.Category;
import dev.sluice.call.Peer;
import dev.sluice.contract.Access;
import dev.sluice.guard.Authenticate;
import dev.sluice.guard.Authorize;
import dev.sluice.realtime.Session;
import io.vertx.core.Future;
import java.util.Objects;
import java.util.function.Supplier;

/**
 * Whether the token that something long was opened with is still good, by the settings of the day.
 */
final class Standing implements Session.Standing {
  private final Supplier<Authenticate> authenticate;
  private final Access access;
  private String authorization;
  private final Peer peer;

  Standing(Supplier<Authenticate> authenticate, Access access, String authorization, Peer peer) {
    this.authenticate = authenticate;
    this.access = access;
    this.authorization = authorization;
    this.peer = peer;
  }

  @Override
  public boolean isGood() {
    return authenticate.get().known(access, authorization, peer) != null;
  }

  /**
   * Goes by another token of the same user from now on; fails where it is no good, or another's.
   */
  Future<Caller> renew(String token, Caller caller) {
    String next = "Bearer " + token;
    return authenticate
        .get()
        .caller(access, next, peer)
        .map(
            now -> {
              Authorize.check(access, now);
              if (!Objects.equals(now.subject(), caller.subject())) {
                throw Failure.of(
                        Category.AUTHORIZATION, "FORBIDDEN", "This is another user's token.")
                    .suggest("Open a socket of its own for another user.");
              }
              authorization = next;
              return now;
            });
  }

  @Override
  public Future<?> check() {
    try {
      return authenticate.get().caller(access, authorization, peer);
    } catch (Failure refused) {
      return Future.failedFuture(refused);
    }
  }
}
