package dev.sluice.http;

import dev.sluice.call.Caller;
import dev.sluice.call.Failure;
import dev.sluice.call.Peer;
import dev.sluice.contract.Access;
import dev.sluice.contract.Access.Auth;
import dev.sluice.guard.Authenticate;
import dev.sluice.guard.Authorize;
import io.vertx.core.Future;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import java.util.List;

/** Lets requests in whose callers may do what they ask for. */
final class Admission {
  private final Authenticate authenticate;

  Admission(Authenticate authenticate) {
    this.authenticate = authenticate;
  }

  /** Whether it is known at once that the caller may; who is not known goes the longer way. */
  boolean admitsAtOnce(HttpServerRequest request, String client, Access access) {
    if (!access.takesTokens()) return true;
    List<String> all = request.headers().getAll(HttpHeaders.AUTHORIZATION);
    if (all.size() > 1) return false;
    Caller caller = authenticate.known(access, first(all), new Peer(client, null));
    return caller != null && Authorize.allows(access, caller);
  }

  /** The caller, who may. Fails with 400, 401, 403 or 503; the body waits where that takes time. */
  Future<Caller> admit(Exchange exchange, Access access) {
    try {
      boolean open = access.auth() == Auth.NONE; // then it is nobody's business
      String authorization = open ? null : authorization(exchange.request);
      Future<Caller> caller = authenticate.caller(access, authorization, peer(exchange));
      if (!caller.isComplete()) hold(exchange.request, caller);
      return caller.map(known -> authorized(access, known));
    } catch (Failure refused) {
      return Future.failedFuture(refused);
    }
  }

  private static Peer peer(Exchange exchange) {
    return new Peer(exchange.client, exchange.request.getHeader(HttpHeaders.USER_AGENT));
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
