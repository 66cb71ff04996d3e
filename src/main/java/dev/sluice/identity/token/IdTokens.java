package dev.sluice.identity.token;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.PoolOptions;
import java.time.Duration;
import java.util.List;

/** Checks the ID tokens of one provider (OpenID Connect Core §3.1.3.7). */
public final class IdTokens {
  private static final Keys.Pace PACE = new Keys.Pace(Duration.ofMinutes(1), Duration.ofSeconds(5));
  private static final String TENANT = "{tenantid}"; // Microsoft's, where many are served at once

  private final Vertx vertx;
  private final String provider;
  private final String issuer;
  private final Terms terms;
  private final Keys keys;

  /**
   * For one client of a provider.
   *
   * @param issuer as its discovery document says
   * @param keysUrl the document's {@code jwks_uri}
   */
  public IdTokens(Vertx vertx, String provider, String issuer, String keysUrl, String clientId) {
    IssuerSettings settings =
        new IssuerSettings(issuer, List.of(clientId), keysUrl, List.of("RS256"), null, null);
    HttpClient client = vertx.createHttpClient(new PoolOptions().setHttp1MaxSize(1));
    this.vertx = vertx;
    this.provider = provider;
    this.issuer = issuer;
    this.terms = settings.terms();
    this.keys = new Keys(vertx, client, provider, settings, PACE);
  }

  /**
   * Checks one. Fails with {@link NoToken}, or 503 where the provider's keys cannot be had.
   *
   * @param nonce what was sent along to be said in it; null where it was not asked for so
   */
  public Future<IdToken> check(String token, String nonce, Duration leeway) {
    try {
      Jws jws = Jws.parse(token);
      IdToken said = new IdToken(claimed(new Claims(jws.claims()), leeway), jws.claims());
      String tenant = said.text("tid");
      String expected = issuer.replace(TENANT, tenant == null ? "" : tenant);
      if (!expected.equals(said.text("iss"))) throw new NoToken("its iss is not the provider's");
      if (nonce != null && !nonce.equals(said.text("nonce"))) {
        throw new NoToken("it was made for another sign-in (nonce)");
      }
      if (!terms.algorithms().contains(jws.algorithm())) throw new NoToken("its alg is not RS256");
      return keys.find(jws)
          .compose(
              key ->
                  vertx.executeBlocking(
                      () -> {
                        key.check(jws.algorithm(), token);
                        return said;
                      },
                      false));
    } catch (NoToken bad) {
      return Future.failedFuture(bad);
    }
  }

  private Principal claimed(Claims claims, Duration leeway) {
    return claims.principal(provider, terms, leeway, System.currentTimeMillis());
  }
}
