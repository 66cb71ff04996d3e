package dev.sluice.guard;

import dev.sluice.call.Caller;
import dev.sluice.call.Failure;
import dev.sluice.call.Peer;
import dev.sluice.contract.Access;
import dev.sluice.contract.Access.Auth;
import dev.sluice.identity.token.Account;
import dev.sluice.identity.token.Accounts;
import dev.sluice.identity.token.NoToken;
import dev.sluice.identity.token.Principal;
import dev.sluice.identity.token.Tokens;
import io.vertx.core.Future;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Set;

/** Who is calling, as far as that has to be known. */
public final class Authenticate {
  private static final String SCHEME = "Bearer ";
  private static final int MAX_PASSED = 4096;

  private final Tokens tokens;
  private final Accounts accounts;

  public Authenticate(Tokens tokens, Accounts accounts) {
    this.tokens = tokens;
    this.accounts = accounts;
  }

  /**
   * The caller of what may be called so. Throws or fails with 401, or 503 where a token cannot be
   * judged now.
   *
   * @param authorization the Authorization header, or null
   * @param peer where the call comes from
   */
  public Future<Caller> caller(Access access, String authorization, Peer peer) {
    if (mayBeNobody(access, authorization)) {
      return Future.succeededFuture(Caller.anonymous(peer));
    }
    if (access.auth() == Auth.PASSTHROUGH) {
      return Future.succeededFuture(passthrough(authorization, peer));
    }
    if (authorization == null) throw unauthorized("This needs a token.");
    return tokens
        .check(token(authorization))
        .compose(whose -> accounts.find(whose).map(account -> caller(whose, account, peer)))
        .recover(e -> Future.failedFuture(e instanceof NoToken ? invalid(e.getMessage()) : e));
  }

  /** The same where it is known at once, and nothing has to be said against it; else null. */
  public Caller known(Access access, String authorization, Peer peer) {
    if (mayBeNobody(access, authorization)) return Caller.anonymous(peer);
    if (!access.takesTokens() || authorization == null || !isBearer(authorization)) return null;
    Principal whose = tokens.known(authorization.substring(SCHEME.length()).trim());
    Account account = whose == null ? null : accounts.known(whose);
    return account == null ? null : caller(whose, account, peer);
  }

  private static boolean mayBeNobody(Access access, String authorization) {
    return access.auth() == Auth.NONE || access.auth() == Auth.OPTIONAL && authorization == null;
  }

  private static Caller caller(Principal whose, Account account, Peer peer) {
    return new Caller(
        account.user(),
        whose.session(),
        account.tier(),
        account.roles(),
        account.permissions(),
        peer,
        null);
  }

  /** A provider's own token: we cannot judge it, but two callers never share it. */
  private static Caller passthrough(String authorization, Peer peer) {
    if (authorization == null) throw unauthorized("This needs your own provider token.");
    String token = token(authorization);
    if (token.length() > MAX_PASSED) throw invalid("it is over " + MAX_PASSED + " characters");
    return new Caller("token:" + fingerprint(token), null, null, Set.of(), Set.of(), peer, token);
  }

  private static boolean isBearer(String authorization) {
    return authorization.regionMatches(true, 0, SCHEME, 0, SCHEME.length());
  }

  private static String token(String authorization) {
    if (!isBearer(authorization)) throw unauthorized("The Authorization is no bearer token.");
    String token = authorization.substring(SCHEME.length()).trim();
    boolean sane = token.chars().allMatch(c -> c > 0x20 && c < 0x7f);
    if (token.isEmpty() || !sane) throw invalid("it is no bearer token (RFC 6750 §2.1)");
    return token;
  }

  private static Failure unauthorized(String message) {
    return Failure.of(Failure.Category.AUTHENTICATION, "UNAUTHORIZED", message)
        .suggest("Send it as Authorization: Bearer <token>.");
  }

  /** With the word of RFC 6750 §3.1. */
  private static Failure invalid(String reason) {
    String message = "The token is not taken: " + reason + ".";
    return Failure.of(Failure.Category.AUTHENTICATION, "UNAUTHORIZED", message)
        .detail("error", "invalid_token")
        .suggest(
            "Get a new one where you got it (the gateway's own: POST /auth/refresh, or sign in), and"
                + " send it as Authorization: Bearer <token>.");
  }

  private static String fingerprint(String token) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash, 0, 16);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
