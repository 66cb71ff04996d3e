package dev.sluice.http;

import dev.sluice.call.Caller;
import dev.sluice.call.Failure;
import dev.sluice.call.Peer;
import dev.sluice.contract.Access;
import dev.sluice.contract.Access.Auth;
import dev.sluice.guard.Authenticate;
import dev.sluice.guard.Authorize;
import dev.sluice.guard.Guards;
import dev.sluice.guard.limit.Limit;
import dev.sluice.guard.limit.Tally;
import io.vertx.core.Future;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import java.util.List;

/** Lets requests in whose callers may do what they ask for, and not more often than they may. */
final class Admission {
  private final Authenticate authenticate;

  Admission(Guards guards) {
    this.authenticate = guards.authenticate();
  }

  /**
   * Counts a request of which it is known at once that its caller may; null where it is not, or is
   * one too many: that goes the longer way.
   */
  Tally admitAtOnce(HttpServerRequest request, String client, Access access, Limit limit) {
    if (!access.takesTokens()) return limit.takeAtOnce(null, client);
    List<String> all = request.headers().getAll(HttpHeaders.AUTHORIZATION);
    if (all.size() > 1) return null;
    Caller caller = authenticate.known(access, first(all), new Peer(client, null));
    if (caller == null || !Authorize.allows(access, caller)) return null;
    return limit.takeAtOnce(caller, client);
  }

  /**
   * The caller, who may. Fails with 400, 401, 403, 429 or 503; the body waits where that takes
   * time.
   */
  Future<Caller> admit(Exchange exchange, Access access, Limit limit) {
    Future<Caller> caller = caller(exchange, access, limit);
    if (!caller.isComplete()) hold(exchange.request, caller);
    return caller.map(known -> authorized(access, known));
  }

  /** Whoever calls, counted; who fails to say who it is counts as nobody. */
  private Future<Caller> caller(Exchange exchange, Access access, Limit limit) {
    try {
      boolean open = access.auth() == Auth.NONE; // then it is nobody's business
      String authorization = open ? null : authorization(exchange.request);
      Peer peer = new Peer(exchange.client, exchange.request.getHeader(HttpHeaders.USER_AGENT));
      Caller known = authenticate.known(access, authorization, peer);
      if (known != null) return count(exchange, limit, known).map(known);
      limit.check(exchange.client);
      return judged(access, authorization, peer)
          .recover(
              refused ->
                  isHis(refused)
                      ? count(exchange, limit, null).transform(c -> Future.failedFuture(refused))
                      : Future.failedFuture(refused))
          .compose(caller -> count(exchange, limit, caller).map(caller));
    } catch (Failure refused) {
      return Future.failedFuture(refused);
    }
  }

  private Future<Caller> judged(Access access, String authorization, Peer peer) {
    try {
      return authenticate.caller(access, authorization, peer);
    } catch (Failure refused) {
      return Future.failedFuture(refused);
    }
  }

  private static boolean isHis(Throwable refused) {
    return refused instanceof Failure failure && failure.status() < 500;
  }

  /** A provider's own token names nobody that is known here. */
  private static Future<Void> count(Exchange exchange, Limit limit, Caller caller) {
    Caller counted = caller == null || caller.token() != null ? null : caller;
    Tally atOnce = limit.takeAtOnce(counted, exchange.client);
    if (atOnce != null) {
      exchange.counted = atOnce;
      return Future.succeededFuture();
    }
    return limit
        .take(counted, exchange.client)
        .onSuccess(taken -> exchange.counted = taken)
        .onFailure(refused -> exchange.counted = limit.first(counted, exchange.client))
        .mapEmpty();
  }

  private static Caller authorized(Access access, Caller caller) {
    Authorize.check(access, caller);
    return caller;
  }

  /** Whoever reads a body has it flow again; where there is none, nobody would. */
  private static void hold(HttpServerRequest request, Future<Caller> caller) {
    request.pause();
    boolean bodiless = request.version() != HttpVersion.HTTP_2 && !Bodies.hasBody(request);
    caller.onComplete(
        known -> {
          if (known.failed() || bodiless) request.resume();
        });
  }

  private static String authorization(HttpServerRequest request) {
    List<String> all = request.headers().getAll(HttpHeaders.AUTHORIZATION);
    if (all.size() > 1) throw Failure.invalid("Authorization", "stands there twice", null);
    return first(all);
  }

  private static String first(List<String> all) {
    return all.isEmpty() ? null : all.get(0);
  }
}
