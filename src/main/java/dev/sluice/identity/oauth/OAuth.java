package dev.sluice.identity.oauth;

import dev.sluice.call.Failure;
import dev.sluice.call.Failure.Category;
import dev.sluice.identity.token.IdToken;
import dev.sluice.identity.user.Names;
import dev.sluice.identity.user.Users;
import dev.sluice.provider.email.EmailAddress;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
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
  private final Pool pool;
  private final Supplier<Terms> terms;
  private final Map<Client, OpenId> known = new ConcurrentHashMap<>();

  public OAuth(Vertx vertx, Pool pool, Supplier<Terms> terms) {
    this.vertx = vertx;
    this.pool = pool;
    this.terms = terms;
  }

  /** What a client asks to begin with. */
  public record Wish(String provider, String redirectUri, String codeChallenge, String loginHint) {}

  /** Begins; fails with 400 where users may not be sent back there. */
  public Future<Begun> begin(Wish wish) {
    Terms now = terms.get();
    OpenId provider = provider(wish.provider);
    if (!now.settings().allows(wish.redirectUri)) return Future.failedFuture(elsewhere());
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

  private OpenId provider(String name) {
    return terms.get().clients().stream()
        .filter(client -> client.name().equals(name))
        .findFirst()
        .map(client -> known.computeIfAbsent(client, c -> new OpenId(vertx, c)))
        .orElseThrow(
            () ->
                Failure.unavailable(
                        "PROVIDER_NOT_CONFIGURED", "Nobody can sign in by " + name + " here.")
                    .detail("setting", "providers." + name + ".clientId")
                    .suggest("Set providers." + name + ".clientId and clientSecret.")
                    .isFinal());
  }

  /** What comes back with a user. {@code browser} is the cookie's, or null. */
  public record Return(String code, String state, String codeVerifier, String browser) {}

  /** Ends what has begun; fails with 400 or 401, each of its own code, where that cannot be. */
  public Future<Provided> end(Return back) {
    return pool.preparedQuery(
            "DELETE FROM oauth_states WHERE hash = $1 RETURNING *, expires_at <= now() AS expired")
        .execute(Tuple.of(hash(back.state)))
        .compose(
            rows ->
                rows.size() == 0
                    ? Future.failedFuture(unknownState())
                    : redeem(rows.iterator().next(), back));
  }

  private Future<Provided> redeem(Row begun, Return back) {
    if (begun.getBoolean("expired")) return Future.failedFuture(expiredState());
    boolean same = back.browser != null && begun.getBuffer("browser").equals(hash(back.browser));
    if (!same) return Future.failedFuture(otherBrowser());
    String challenge = encoded(hash(back.codeVerifier).getBytes());
    if (!challenge.equals(begun.getString("code_challenge"))) {
      return Future.failedFuture(wrongVerifier());
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
            tokens ->
                provider
                    .who(tokens, begun.getString("nonce"), terms.get().leeway())
                    .map(who -> new Provided(begun.getString("provider"), way(who), tokens)));
  }

  /** Another access token by a provider's refresh token. */
  public Future<JsonObject> refresh(String providerName, String refreshToken) {
    return provider(providerName)
        .tokens(Map.of("grant_type", "refresh_token", "refresh_token", refreshToken));
  }

  private static Users.Way way(IdToken who) {
    String provider = who.principal().issuer();
    String tenant = who.text("tid");
    boolean microsoft = tenant != null && who.text("oid") != null;
    String subject = microsoft ? tenant + ":" + who.text("oid") : who.principal().subject();
    String email = microsoft ? ownedEmail(who) : who.principal().email();
    Names names = new Names(who.text("given_name"), who.text("family_name"));
    if (names.first() == null && who.text("name") != null) {
      String[] parts = who.text("name").split(" ", 2);
      names = new Names(parts[0], parts.length > 1 ? parts[1] : null);
    }
    return new Users.Way(provider, subject, canonical(email), names);
  }

  /**
   * Any administrator of a Microsoft tenant writes what he likes as a user's address; only where
   * its domain is proved to be the tenant's it says who somebody is (nOAuth).
   */
  private static String ownedEmail(IdToken who) {
    var proved = who.claims().path("xms_edov");
    return proved.asBoolean(false) || proved.asInt(0) == 1 ? who.text("email") : null;
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

  private static Failure elsewhere() {
    return Failure.of(
            Category.VALIDATION,
            "REDIRECT_URI_NOT_ALLOWED",
            "Users are not sent back to this redirectUri.")
        .suggest("List it, to the letter, in identity.oauth.redirectUris.");
  }

  private static Failure again(Category category, String code, String message) {
    return Failure.of(category, code, message).suggest("Begin again: POST /api/auth/login.");
  }

  private static Failure unknownState() {
    return again(
        Category.VALIDATION, "STATE_INVALID", "This state is unknown, or was used before.");
  }

  private static Failure expiredState() {
    return again(Category.VALIDATION, "STATE_EXPIRED", "This sign-in took too long.");
  }

  private static Failure otherBrowser() {
    return again(
        Category.AUTHORIZATION, "OTHER_BROWSER", "This sign-in was begun by another browser.");
  }

  private static Failure wrongVerifier() {
    return again(
        Category.VALIDATION,
        "CODE_VERIFIER_INVALID",
        "The codeVerifier is not that of the codeChallenge.");
  }
}
