package dev.sluice.identity.oauth;

import dev.sluice.provider.email.EmailAddress;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * Signs users in at providers, by an authorization code with PKCE (RFC 9700 §2.1.1): the client
 * makes the verifier, the gateway state and nonce, each of which is good once, and a cookie says
 * that it was this browser that began.
 */
public final class OAuth {
  private static final SecureRandom RANDOM = new SecureRandom();

  /** What it works by. */
  public record Terms(OAuthSettings settings, List<Client> clients, Duration leeway) {}

  private final Vertx vertx;
  private final HttpClient http;
  private final Pool pool;
  private final Supplier<Terms> terms;
  private final Map<String, OpenId> known = new ConcurrentHashMap<>();

  public OAuth(Vertx vertx, Pool pool, Supplier<Terms> terms) {
    this.vertx = vertx;
    this.http = vertx.createHttpClient();
    this.pool = pool;
    this.terms = terms;
  }

  /** What a client asks to begin with. */
  public record Wish(String provider, String redirectUri, String codeChallenge, String loginHint) {}

  /** Begins; fails with 400 where users may not be sent back there. */
  public Future<Begun> begin(Wish wish) {
    Terms now = terms.get();
    OpenId provider = provider(wish.provider);
    if (!now.settings().allows(wish.redirectUri)) return Future.failedFuture(Refusals.elsewhere());
    String state = random();
    String nonce = random();
    String browser = random();
    Map<String, String> query = new LinkedHashMap<>();
    query.put("redirect_uri", wish.redirectUri);
    query.put("state", state);
    query.put("nonce", nonce);
    query.put("code_challenge", wish.codeChallenge);
    query.put("code_challenge_method", "S256");
    if (wish.loginHint != null) query.put("login_hint", wish.loginHint);
    return provider
        .authorizationUrl(query)
        .compose(
            url ->
                pool.preparedQuery(
                        "INSERT INTO oauth_states (hash, provider, redirect_uri, code_challenge,"
                            + " nonce, browser, expires_at) VALUES"
                            + " ($1, $2, $3, $4, $5, $6, now() + $7 * interval '1 ms')")
                    .execute(
                        Tuple.of(hash(state), wish.provider, wish.redirectUri, wish.codeChallenge)
                            .addString(nonce)
                            .addBuffer(hash(browser))
                            .addLong(now.settings().lifetime().toMillis()))
                    .map(new Begun(url, state, browser)));
  }

  /** As other settings make other clients, one that is not the same object may lead elsewhere. */
  private OpenId provider(String name) {
    for (Client client : terms.get().clients()) {
      if (!client.name().equals(name)) continue;
      return known.compute(
          name,
          (n, before) ->
              before != null && before.client() == client
                  ? before
                  : new OpenId(vertx, http, client));
    }
    throw Refusals.notConfigured(name);
  }

  /** What comes back with a user. {@code browser} is the cookie's, or null. */
  public record Return(String code, String state, String codeVerifier, String browser) {}

  /** Ends what has begun; fails with 400 or 401, each of its own code, where that cannot be. */
  public Future<Provided> end(Return back) {
    if (back.browser == null) return Future.failedFuture(Refusals.noBrowser());
    return pool.preparedQuery(
            "DELETE FROM oauth_states WHERE hash = $1 RETURNING *, expires_at <= now() AS expired")
        .execute(Tuple.of(hash(back.state)))
        .compose(
            rows ->
                rows.size() == 0
                    ? Future.failedFuture(Refusals.unknownState())
                    : redeem(rows.iterator().next(), back));
  }

  private Future<Provided> redeem(Row begun, Return back) {
    if (begun.getBoolean("expired")) return Future.failedFuture(Refusals.expiredState());
    boolean same = begun.getBuffer("browser").equals(hash(back.browser));
    if (!same) return Future.failedFuture(Refusals.otherBrowser());
    String challenge = encoded(hash(back.codeVerifier).getBytes());
    if (!challenge.equals(begun.getString("code_challenge"))) {
      return Future.failedFuture(Refusals.wrongVerifier());
    }
    OpenId provider = provider(begun.getString("provider"));
    return provider
        .tokens(
            Map.of(
                "grant_type",
                "authorization_code",
                "code",
                back.code,
                "redirect_uri",
                begun.getString("redirect_uri"),
                "code_verifier",
                back.codeVerifier))
        .compose(
            granted ->
                provider
                    .who(granted, begun.getString("nonce"), terms.get().leeway())
                    .map(who -> Ways.of(provider.client().name(), who))
                    .map(way -> new Provided(provider.client().name(), way, granted)));
  }

  /** Another access token by a provider's refresh token. */
  public Future<Granted> refresh(String providerName, String refreshToken) {
    return Future.<Void>succeededFuture()
        .compose(
            now ->
                provider(providerName)
                    .tokens(Map.of("grant_type", "refresh_token", "refresh_token", refreshToken)));
  }

  /** Null where it is none that mail could be sent to. */
  public static String canonical(String email) {
    try {
      return email == null ? null : EmailAddress.parse(email).normal();
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  /** Forgets what was never ended. */
  public Future<Void> sweep() {
    return pool.query("DELETE FROM oauth_states WHERE expires_at < now() - interval '1 hour'")
        .execute()
        .mapEmpty();
  }

  private static String random() {
    byte[] bytes = new byte[32];
    RANDOM.nextBytes(bytes);
    return encoded(bytes);
  }

  private static String encoded(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  private static Buffer hash(String text) {
    try {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      return Buffer.buffer(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
