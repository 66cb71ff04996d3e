package dev.sluice.identity.token;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.sluice.call.Failure;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.PoolOptions;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Tells whose a bearer token is (RFC 6750), and remembers it for a while. One for all event loops.
 */
public final class Tokens {
  /** In bytes, of tokens that are remembered and of what they say. */
  private static final long MOST_REMEMBERED = 16L << 20;

  /** Fewer than there are cores, so that the event loops have theirs. */
  private static final int WORKERS = Math.max(1, Runtime.getRuntime().availableProcessors() / 2);

  private static final int OVERHEAD_BYTES = 200;
  private static final int WORD_BYTES = 80;

  /** After this it is looked at again whether the key is still known. */
  private static final Duration RECHECK = Duration.ofMinutes(5);

  /** That wait for their signature to be checked; more are told to come again. */
  private static final int MOST_WAITING = 512;

  /** As issuers ask for, of those who look for a key that they do not know. */
  private static final Keys.Pace PACE = new Keys.Pace(Duration.ofMinutes(1), Duration.ofSeconds(5));

  /**
   * The gateway as an issuer of its own.
   *
   * @param issuer its {@code iss}
   * @param terms what its tokens are like
   */
  public record Own(String issuer, Terms terms, SigningKeys keys) {}

  /** Those whose tokens are taken, by names of the operator's; and how far clocks may be apart. */
  public record Taken(Map<String, IssuerSettings> issuers, Duration leeway, Own own) {}

  private record Issuer(String name, Terms terms, KeySource keys, IssuerSettings settings) {
    boolean isSame(String name, IssuerSettings settings) {
      return this.name.equals(name) && settings.equals(this.settings);
    }
  }

  private final Vertx vertx;
  private final HttpClient client;
  private final WorkerExecutor workers;
  private final AtomicInteger waiting = new AtomicInteger();
  private final Taken taken;
  private final Map<String, Issuer> issuers = new HashMap<>();
  private final Cache<String, Principal> checked =
      Caffeine.newBuilder()
          .maximumWeight(MOST_REMEMBERED)
          .expireAfterWrite(RECHECK)
          .weigher(Tokens::weight)
          .executor(Runnable::run)
          .build();

  private Tokens(Vertx vertx, HttpClient client, Taken taken) {
    this.vertx = vertx;
    this.client = client;
    this.workers = vertx.createSharedWorkerExecutor("tokens", WORKERS);
    this.taken = taken;
  }

  /** Those of issuers whose keys are fetched now, so that a wrong address shows at once. */
  public static Tokens of(Vertx vertx, Taken taken) {
    HttpClient client = vertx.createHttpClient(new PoolOptions().setHttp1MaxSize(2));
    return new Tokens(vertx, client, taken).with(Map.of());
  }

  /** Those of other settings; an issuer that stays keeps its keys. These where nothing differs. */
  public Tokens next(Taken then) {
    return then.equals(taken) ? this : new Tokens(vertx, client, then).with(issuers);
  }

  private Tokens with(Map<String, Issuer> before) {
    taken
        .issuers()
        .forEach(
            (name, issuer) -> {
              Issuer known = before.get(issuer.issuer());
              boolean same = known != null && known.isSame(name, issuer);
              issuers.put(issuer.issuer(), same ? known : issuer(name, issuer));
            });
    Own own = taken.own();
    if (own != null) issuers.put(own.issuer(), new Issuer("", own.terms(), own.keys(), null));
    return this;
  }

  private Issuer issuer(String name, IssuerSettings issuer) {
    Keys keys = new Keys(vertx, client, name, issuer, PACE);
    keys.fetched();
    return new Issuer(name, issuer.terms(), keys, issuer);
  }

  /** Whose a token is that was checked not long ago; null for any other. */
  public Principal known(String token) {
    Principal known = checked.getIfPresent(token);
    return known != null && System.currentTimeMillis() < known.expires() ? known : null;
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
      if (!issuer.terms.algorithms().contains(jws.algorithm())) {
        throw new NoToken("its alg is none of its issuer's algorithms");
      }
      Principal claimed = claimed(claims, issuer);
      return issuer
          .keys
          .find(jws)
          .compose(key -> signedBy(key, jws.algorithm(), token))
          .map(signed -> remember(token, claimed));
    } catch (NoToken bad) {
      return Future.failedFuture(bad);
    }
  }

  /** Aside: a signature takes up to milliseconds, and whoever likes sends wrong ones. */
  private Future<Void> signedBy(Key key, String algorithm, String token) {
    if (waiting.incrementAndGet() > MOST_WAITING) {
      waiting.decrementAndGet();
      return Future.failedFuture(
          Failure.unavailable("OVERLOADED", "Too many tokens are being checked just now.")
              .retryAfter(Duration.ofSeconds(1)));
    }
    return workers
        .<Void>executeBlocking(
            () -> {
              key.check(algorithm, token);
              return null;
            },
            false)
        .onComplete(checked -> waiting.decrementAndGet());
  }

  private static int weight(String token, Principal whose) {
    int weight = OVERHEAD_BYTES + token.length();
    for (String role : whose.roles()) weight += WORD_BYTES + role.length();
    for (String one : whose.permissions()) weight += WORD_BYTES + one.length();
    return weight;
  }

  private Principal claimed(Claims claims, Issuer issuer) {
    long now = System.currentTimeMillis();
    return claims.principal(issuer.name, issuer.terms, taken.leeway(), now);
  }

  private Principal remember(String token, Principal principal) {
    checked.put(token, principal);
    return principal;
  }
}
