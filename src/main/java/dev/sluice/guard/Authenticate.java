package dev.sluice.guard;

import dev.sluice.call.Caller;
import dev.sluice.call.Failure;
import dev.sluice.contract.Operation;
import dev.sluice.contract.Policy.Auth;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Set;

/** Who is calling, as far as the operation wants to know. */
public final class Authenticate {
  private static final String SCHEME = "Bearer ";
  private static final int MAX_TOKEN = 4096;

  private Authenticate() {}

  /**
   * The caller of an operation.
   *
   * @param authorization the Authorization header, or null
   * @param address the client's address
   */
  public static Caller caller(Operation operation, String authorization, String address) {
    if (operation.policy().auth() == Auth.NONE) return Caller.anonymous(address);
    return passthrough(authorization, address);
  }

  /** A provider's own token: we cannot judge it, but two callers never share it. */
  private static Caller passthrough(String authorization, String address) {
    if (authorization == null || !authorization.regionMatches(true, 0, SCHEME, 0, 7)) {
      throw unauthorized("This needs your own provider token.");
    }
    String token = authorization.substring(SCHEME.length()).trim();
    if (token.isEmpty()
        || token.length() > MAX_TOKEN
        || !token.chars().allMatch(c -> c > 0x20 && c < 0x7f)) {
      throw unauthorized("The bearer token is not one (RFC 6750 §2.1).");
    }
    return new Caller("token:" + fingerprint(token), Set.of(), address, token);
  }

  private static Failure unauthorized(String message) {
    return Failure.of(Failure.Category.AUTHENTICATION, "UNAUTHORIZED", message)
        .suggest("Send it as Authorization: Bearer <token>.");
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
