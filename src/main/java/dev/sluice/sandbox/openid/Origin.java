package dev.sluice.sandbox.openid;

import io.vertx.ext.web.RoutingContext;

/** Under which address a provider was asked: its issuer and its endpoints have the same. */
public final class Origin {

  private Origin() {}

  /** Scheme, host and port, without a slash at the end. */
  public static String of(RoutingContext ctx) {
    return ctx.request().scheme() + "://" + ctx.request().authority();
  }
}
