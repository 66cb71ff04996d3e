package dev.sluice.sandbox.google;

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
import dev.sluice.sandbox.openid.Fields;
import dev.sluice.sandbox.openid.Grants;
import dev.sluice.sandbox.openid.Levers;
import dev.sluice.sandbox.openid.Origin;
import dev.sluice.sandbox.openid.SigningKeys;
import dev.sluice.sandbox.openid.TokenEndpoint;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.time.Clock;
import java.util.List;

/** The simulated Google, as far as people sign in with it. */
public final class Google implements SimulatedProvider {

  /** The one client it knows. */
  public static final String CLIENT_ID =
      "100000000000-sluicesandboxgoogleclient.apps.googleusercontent.com";

  /** That client's secret. */
  public static final String CLIENT_SECRET = "sluicesandboxgooglesecret";

  static final String AUTHORIZE = "/o/oauth2/v2/auth";
  static final String TOKEN = "/token";
  static final String CERTS = "/oauth2/v3/certs";
  static final String REVOKE = "/revoke";
  static final String USERINFO = "/v1/userinfo";

  private static final Client CLIENT = new Client(CLIENT_ID, CLIENT_SECRET, Client.USUAL_REDIRECTS);

  private final Accounts<GoogleAccount> accounts = new Accounts<>(GoogleAccount.seeded());
  private final SigningKeys keys = new SigningKeys();
  private final Grants<GoogleAccount> grants;
  private final GoogleDialect dialect;

  /** Starts with no tokens given out. */
  public Google(Clock clock) {
    grants = new Grants<>(clock);
    dialect = new GoogleDialect(grants, keys);
  }

  @Override
  public String name() {
    return "google";
  }

  @Override
  public List<Operation> operations() {
    var authorization = new AuthorizationEndpoint<>(CLIENT, accounts, grants, dialect);
    var token = new TokenEndpoint<>(CLIENT, grants, dialect);
    return List.of(
        Operation.of(
            "openid-configuration", GET, "/.well-known/openid-configuration", this::discovery),
        Operation.of("authorize", GET, AUTHORIZE, authorization::authorize),
        Operation.of("token", POST, TOKEN, token.shaped(token::token)),
        Operation.of("keys", GET, CERTS, ctx -> keys()),
        Operation.of("revoke", POST, REVOKE, token.shaped(this::revoke)),
        Operation.of("userinfo", GET, USERINFO, new UserInfo(grants)::userinfo));
  }

  @Override
  public List<String> roots() {
    return List.of("/o/oauth2/");
  }

  @Override
  public Answer failure(RoutingContext ctx, int status) {
    String error = status < 500 ? "invalid_request" : "internal_failure";
    return dialect.error(
        new Words(status, error, HttpResponseStatus.valueOf(status).reasonPhrase()));
  }

  @Override
  public List<ControlAction> controls() {
    return new Levers<>(accounts, grants, keys, GoogleAccount::of).actions();
  }

  private Answer discovery(RoutingContext ctx) {
    keys.prepare();
    return Answer.json(200, GoogleDiscovery.at(Origin.of(ctx)))
        .with("cache-control", "public, max-age=3600");
  }

  private Answer keys() {
    return Answer.json(200, keys.jwks())
        .with("cache-control", "public, max-age=19800, must-revalidate, no-transform");
  }

  /** By the form, or as the provider's page shows it by the query. */
  private Answer revoke(RoutingContext ctx) {
    String inQuery = new Fields(ctx.queryParams()).get("token");
    String token = inQuery != null ? inQuery : Fields.ofForm(ctx).require("token");
    return grants.revoke(token)
        ? Answer.json(200, new JsonObject())
        : dialect.error(new Words(400, "invalid_token", "Token expired or revoked"));
  }
}
