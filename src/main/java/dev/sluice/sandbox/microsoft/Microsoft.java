package dev.sluice.sandbox.microsoft;

import static io.vertx.core.http.HttpMethod.GET;
import static io.vertx.core.http.HttpMethod.POST;

import dev.sluice.sandbox.Answer;
import dev.sluice.sandbox.ControlAction;
import dev.sluice.sandbox.Operation;
import dev.sluice.sandbox.SimulatedProvider;
import dev.sluice.sandbox.openid.Accounts;
import dev.sluice.sandbox.openid.AuthorizationEndpoint;
import dev.sluice.sandbox.openid.Client;
import dev.sluice.sandbox.openid.Dialect.Words;
import dev.sluice.sandbox.openid.Grants;
import dev.sluice.sandbox.openid.Levers;
import dev.sluice.sandbox.openid.Origin;
import dev.sluice.sandbox.openid.Refusal;
import dev.sluice.sandbox.openid.Refusal.Reason;
import dev.sluice.sandbox.openid.SigningKeys;
import dev.sluice.sandbox.openid.TokenEndpoint;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.vertx.ext.web.RoutingContext;
import java.time.Clock;
import java.util.List;
import java.util.function.Function;

/** The simulated Microsoft identity platform. */
public final class Microsoft implements SimulatedProvider {

  /** The one client it knows, in every tenant. */
  public static final String CLIENT_ID = "51d1ce00-0000-4000-8000-5a3d0b0c1d00";

  /** That client's secret. */
  public static final String CLIENT_SECRET = "sluicesandboxmicrosoftsecret";

  private static final Client CLIENT = new Client(CLIENT_ID, CLIENT_SECRET, Client.USUAL_REDIRECTS);

  private final Accounts<MicrosoftAccount> accounts = new Accounts<>(MicrosoftAccount.seeded());
  private final SigningKeys keys = new SigningKeys();
  private final Grants<MicrosoftAccount> grants;
  private final MicrosoftDialect dialect;

  /** Starts with no tokens given out. */
  public Microsoft(Clock clock) {
    grants = new Grants<>(clock);
    dialect = new MicrosoftDialect(grants, keys);
  }

  /** The tenant in the path; refuses one that there is not. */
  static Tenant tenant(RoutingContext ctx) {
    String asked = ctx.pathParam("tenant");
    return Tenant.named(asked).orElseThrow(() -> new Refusal(Reason.UNKNOWN_TENANT, asked));
  }

  @Override
  public String name() {
    return "microsoft";
  }

  @Override
  public List<Operation> operations() {
    var authorization = new AuthorizationEndpoint<>(CLIENT, accounts, grants, dialect);
    var token = new TokenEndpoint<>(CLIENT, grants, dialect);
    Function<RoutingContext, Answer> discovery = token.shaped(this::discovery);
    return List.of(
        Operation.of(
            "openid-configuration",
            GET,
            "/:tenant/v2.0/.well-known/openid-configuration",
            discovery),
        Operation.of("authorize", GET, "/:tenant/oauth2/v2.0/authorize", known(authorization)),
        Operation.of(
            "token", POST, "/:tenant/oauth2/v2.0/token", token.shaped(inTenant(token::token))),
        Operation.of(
            "keys", GET, "/:tenant/discovery/v2.0/keys", token.shaped(inTenant(ctx -> keys()))));
  }

  @Override
  public List<String> roots() {
    return List.of("/common/", "/organizations/", "/consumers/");
  }

  @Override
  public Answer failure(RoutingContext ctx, int status) {
    String reason = HttpResponseStatus.valueOf(status).reasonPhrase();
    return dialect.error(
        status < 500
            ? new Words(status, "invalid_request", "AADSTS900561: " + reason + ".")
            : new Words(
                status,
                "temporarily_unavailable",
                "AADSTS90033: A transient error has occurred. Please try again."));
  }

  @Override
  public List<ControlAction> controls() {
    return new Levers<>(accounts, grants, keys, MicrosoftAccount::of).actions();
  }

  private Answer discovery(RoutingContext ctx) {
    Tenant tenant = tenant(ctx);
    keys.prepare();
    String asked = ctx.pathParam("tenant");
    return Answer.json(200, MicrosoftDiscovery.at(Origin.of(ctx), asked, tenant))
        .with("cache-control", "max-age=86400, private");
  }

  private Answer keys() {
    return Answer.json(200, keys.jwks()).with("cache-control", "max-age=86400, private");
  }

  private static Function<RoutingContext, Answer> inTenant(
      Function<RoutingContext, Answer> endpoint) {
    return ctx -> {
      tenant(ctx);
      return endpoint.apply(ctx);
    };
  }

  private static Function<RoutingContext, Answer> known(
      AuthorizationEndpoint<MicrosoftAccount> authorization) {
    return ctx -> {
      try {
        return inTenant(authorization::authorize).apply(ctx);
      } catch (Refusal refusal) {
        return authorization.page(refusal);
      }
    };
  }
}
