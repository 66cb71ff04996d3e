package dev.sluice.identity.token;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import java.time.Duration;
import java.util.regex.Pattern;

/** Checks the ID tokens of one provider (OpenID Connect Core §3.1.3.7). */
public final class IdTokens {
  /** At once: what names another key has come from the provider itself, who has just made it. */
  private static final Keys.Pace PACE = new Keys.Pace(Duration.ZERO, Duration.ofSeconds(5));

  private static final String TENANT = "{tenantid}"; // Microsoft's, where many are served at once
  private static final Pattern GUID = Pattern.compile("[0-9A-Fa-f-]{36}");

  private final Vertx vertx;
  private final String provider;
  private final IssuerSettings expected;
  private final Terms terms;
  private final Keys keys;

  /** For one client of a provider; {@code expected.issuer} is as its discovery document says. */
  public IdTokens(Vertx vertx, HttpClient http, String provider, IssuerSettings expected) {
    this.vertx = vertx;
    this.provider = provider;
    this.expected = expected;
    this.terms = expected.terms();
    this.keys = new Keys(vertx, http, provider, expected, PACE);
  }

  /** Checks one. Fails with {@link NoToken}, or 503 where the provider's keys cannot be had. */
  public Future<IdToken> check(String token, Duration leeway) {
    try {
      Jws jws = Jws.parse(token);
      IdToken said = new IdToken(claimed(new Claims(jws.claims()), leeway), jws.claims());
      if (!issuer(said).equals(said.text("iss"))) {
        throw new NoToken("its iss is not the provider's");
      }
      checkParty(said);
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

  /** Of many tenants at once, the one that the token is of. */
  private String issuer(IdToken said) {
    if (!expected.issuer().contains(TENANT)) return expected.issuer();
    String tenant = said.text("tid");
    if (tenant == null || !GUID.matcher(tenant).matches()) throw new NoToken("it has no tid");
    return expected.issuer().replace(TENANT, tenant);
  }

  /** One for several parties says to which of them it was given (§3.1.3.7, 4 and 5). */
  private void checkParty(IdToken said) {
    boolean several = said.claims().path("aud").size() > 1;
    if (!several && !said.claims().has("azp")) return;
    String party = said.text("azp");
    if (party == null || !terms.audience().contains(party)) {
      throw new NoToken("it was given to somebody else (azp)");
    }
  }

  private Principal claimed(Claims claims, Duration leeway) {
    return claims.principal(provider, terms, leeway, System.currentTimeMillis());
  }
}
