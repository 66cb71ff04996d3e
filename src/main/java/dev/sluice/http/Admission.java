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
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import java.util.List;
import java.util.function.Consumer;

/** Lets requests in whose callers may do what they ask for, and not more often than they may. */
final class Admission {
  private final Authenticate authenticate;

  Admission(Guards guards) {
    this.authenticate = guards.authenticate();
  }

  /**
   * Who makes a request, where that is known at once and they may; null where it is not: that goes
   * the longer way.
   */
  Caller known(MultiMap headers, String client, Access access) {
    if (!access.takesTokens()) return Caller.NOBODY;
    List<String> all = headers.getAll(HttpHeaders.AUTHORIZATION);
    if (all.size() > 1) return null;
    Caller caller = authenticate.known(access, first(all), new Peer(client, null));
    return caller == null || !Authorize.allows(access, caller) ? null : caller;
  }

  /** Counts a request whose caller is known at once, and may; null where it goes the longer way. */
  Tally admitAtOnce(MultiMap headers, String client, Access access, Limit limit) {
    Caller caller = known(headers, client, access);
    return caller == null ? null : limit.takeAtOnce(caller, client);
  }

  /**
   * The caller, who may. Fails with 400, 401, 403, 429 or 503; the body waits where that takes
   * time.
   */
  Future<Caller> admit(Exchange exchange, Access access, Limit limit) {
    Asking asking = new Asking(exchange.request.headers(), exchange.client, exchange::counted);
    return admit(exchange, asking, access, limit);
  }

  /** The same of a request that says in its own way who asks. */
  Future<Caller> admit(Exchange exchange, Asking asking, Access access, Limit limit) {
    Future<Caller> caller = admit(asking, access, limit);
    if (!caller.isComplete()) hold(exchange.request, caller);
    return caller;
  }

  /** Who asks, and who is told what has been counted. */
  record Asking(MultiMap headers, String client, Consumer<Tally> counted) {}

  /** The same of what is no request of its own. */
  Future<Caller> admit(Asking asking, Access access, Limit limit) {
    return caller(asking, access, limit).map(known -> authorized(access, known));
  }

  /** Counts a call of somebody who is known, and may make it. Fails with 401, 403, 429 or 503. */
  Future<Void> admit(Caller caller, String client, Access access, Limit limit) {
    Asking asking = new Asking(null, client, counted -> {});
    return count(asking, limit, caller)
        .map(
            counted -> {
              Authorize.check(access, caller);
              return null;
            });
  }

  /** Whoever calls, counted; who fails to say who it is counts as nobody. */
  private Future<Caller> caller(Asking asking, Access access, Limit limit) {
    try {
      boolean open = access.auth() == Auth.NONE; // then it is nobody's business
      String authorization = open ? null : authorization(asking.headers);
      Peer peer = new Peer(asking.client, asking.headers.get(HttpHeaders.USER_AGENT));
      Caller known = authenticate.known(access, authorization, peer);
      if (known != null) return count(asking, limit, known).map(known);
      asking.counted.accept(limit.first(null, asking.client));
      limit.check(asking.client);
      return judged(access, authorization, peer)
          .recover(
              refused ->
                  isTheirs(refused)
                      ? count(asking, limit, null).transform(c -> Future.failedFuture(refused))
                      : Future.failedFuture(refused))
          .compose(caller -> count(asking, limit, caller).map(caller));
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

  private static boolean isTheirs(Throwable refused) {
    return refused instanceof Failure failure && failure.status() < 500;
  }

  /** A provider's own token names nobody that is known here. */
  private static Future<Void> count(Asking asking, Limit limit, Caller caller) {
    Caller counted = caller == null || caller.token() != null ? null : caller;
    Tally atOnce = limit.takeAtOnce(counted, asking.client);
    if (atOnce != null) {
      asking.counted.accept(atOnce);
      return Future.succeededFuture();
    }
    return limit.take(counted, asking.client, asking.counted);
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

  private static String authorization(MultiMap headers) {
    List<String> all = headers.getAll(HttpHeaders.AUTHORIZATION);
    if (all.size() > 1) throw Failure.invalid("Authorization", "stands there twice", null);
    return first(all);
  }

  private static String first(List<String> all) {
    return all.isEmpty() ? null : all.get(0);
  }
}
