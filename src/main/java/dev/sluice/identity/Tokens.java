package dev.sluice.identity;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.PoolOptions;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * Tells whose a bearer token is (RFC 6750), and remembers it for a while. One for all event loops.
 */
public final class Tokens {
  /** In characters of the tokens that are remembered. */
  private static final long MOST_REMEMBERED = 16L << 20;

  /** A key that its issuer has withdrawn is believed no longer than this. */
  private static final long RECHECK_MILLIS = Duration.ofMinutes(5).toMillis();

  /** As issuers ask for, of those who look for a key that they do not know. */
  private static final Duration PAUSE = Duration.ofMinutes(1);

  private record Issuer(String name, IssuerSettings settings, Keys keys) {}

  private record Checked(Principal principal, long until) {}

  private final Vertx vertx;
  private final HttpClient client;
  private final IdentitySettings settings;
  private final Map<String, Issuer> issuers = new HashMap<>();
  private final Cache<String, Checked> checked =
      Caffeine.newBuilder()
          .maximumWeight(MOST_REMEMBERED)
          .weigher((String token, Checked whose) -> token.length())
          .executor(Runnable::run)
          .build();

  private Tokens(Vertx vertx, HttpClient client, IdentitySettings settings) {
    this.vertx = vertx;
    this.client = client;
    this.settings = settings;
    settings
        .issuers()
        .forEach(
            (name, issuer) ->
                issuers.put(
                    issuer.issuer(),
                    new Issuer(name, issuer, new Keys(vertx, client, name, issuer, PAUSE))));
  }

  public static Tokens of(Vertx vertx, IdentitySettings settings) {
    HttpClient client = vertx.createHttpClient(new PoolOptions().setHttp1MaxSize(2));
    return new Tokens(vertx, client, settings);
  }

  /** Those of other settings; these where nothing differs. */
  public Tokens next(IdentitySettings then) {
    return then.equals(settings) ? this : new Tokens(vertx, client, then);
  }

  /** Whose a token is that was checked not long ago; null for any other. */
  public Principal known(String token) {
    Checked known = checked.getIfPresent(token);
    return known != null && System.currentTimeMillis() < known.until ? known.principal : null;
  }

  /**
   * Whose a token is. Fails with {@link NoToken}, or with a failure of 503 where its issuer's keys
   * cannot be had.
   */
  public Future<Principal> check(String token) {
    Principal known = known(token);
    if (known != null) return Future.succeededFuture(known);
    try {
      Jws jws = Jws.parse(token);
      Claims claims = new Claims(jws.claims());
      Issuer issuer = issuers.get(claims.issuer());
      if (issuer == null) throw new NoToken("its issuer (iss) is not one of those taken here");
      if (!issuer.settings.algorithms().contains(jws.algorithm())) {
        throw new NoToken("its alg is not one of its issuer's");
      }
      Principal claimed = claimed(claims, issuer);
      return issuer
          .keys
          .find(jws)
          .compose(key -> key.check(jws.algorithm(), token))
          .map(signed -> remember(token, claimed));
    } catch (NoToken bad) {
      return Future.failedFuture(bad);
    }
  }

  private Principal claimed(Claims claims, Issuer issuer) {
    long now = System.currentTimeMillis();
    return claims.principal(issuer.name, issuer.settings, settings.leeway(), now);
  }

  private Principal remember(String token, Principal principal) {
    long until = Math.min(principal.expires(), System.currentTimeMillis() + RECHECK_MILLIS);
    checked.put(token, new Checked(principal, until));
    return principal;
  }
}
