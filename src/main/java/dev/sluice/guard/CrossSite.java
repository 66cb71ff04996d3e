package dev.sluice.guard;

import dev.sluice.call.Failure;
import dev.sluice.call.Failure.Category;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * Refuses what another site has a user's browser send (CSRF): whatever a cookie authenticates must
 * come from an origin that may call, and, where it changes something, with the token that is bound
 * to the cookie's session.
 */
public final class CrossSite {
  /** The cookie that says which session it is. */
  public static final String COOKIE = "__Host-refresh";

  private final Set<String> origins;
  private final UnaryOperator<String> csrf;

  /**
   * For these.
   *
   * @param origins whose pages may send cookies along, beside the gateway's own
   * @param csrf the token that goes with a cookie; null where it is of no session
   */
  public CrossSite(Set<String> origins, UnaryOperator<String> csrf) {
    this.origins = origins;
    this.csrf = csrf;
  }

  /**
   * What is known of a request; whatever it does not have is null.
   *
   * @param safe whether it changes nothing (RFC 9110 §9.2.1)
   * @param authority host and port that it was sent to
   * @param fetchSite {@code Sec-Fetch-Site} (Fetch Metadata §2.3)
   */
  public record Asked(
      boolean safe,
      String cookie,
      String token,
      String origin,
      String authority,
      String fetchSite) {}

  /** Throws 403 where it may not be. */
  public void check(Asked asked) {
    if (asked.cookie == null) return;
    if (!isOwn(asked) && !(asked.origin != null && origins.contains(asked.origin))) {
      throw refused("CROSS_SITE", "A page of another site has sent this.")
          .suggest("List its origin in server.cors.origins, with server.cors.credentials: true.");
    }
    if (asked.safe) return;
    String wanted = csrf.apply(asked.cookie);
    if (wanted == null) return; // it authenticates nobody
    if (asked.token == null) {
      throw refused("CSRF_TOKEN_MISSING", "What a cookie authenticates needs its X-CSRF-Token.")
          .suggest("Send the csrfToken that signing in gave, or GET /api/auth/session gives.");
    }
    if (!equal(wanted, asked.token)) {
      throw refused("CSRF_TOKEN_INVALID", "The X-CSRF-Token is not this session's.")
          .suggest("Send the csrfToken that GET /api/auth/session gives.");
    }
  }

  private static boolean isOwn(Asked asked) {
    if (asked.fetchSite != null) {
      return asked.fetchSite.equals("same-origin") || asked.fetchSite.equals("none");
    }
    return asked.origin == null || isAt(asked.origin, asked.authority);
  }

  private static boolean isAt(String origin, String authority) {
    try {
      return authority != null && authority.equalsIgnoreCase(URI.create(origin).getRawAuthority());
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private static boolean equal(String one, String other) {
    return MessageDigest.isEqual(
        one.getBytes(StandardCharsets.UTF_8), other.getBytes(StandardCharsets.UTF_8));
  }

  private static Failure refused(String code, String message) {
    return Failure.of(Category.AUTHORIZATION, code, message);
  }
}
