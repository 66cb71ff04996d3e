package dev.sluice.sandbox.openid;

import dev.sluice.sandbox.openid.Refusal.Reason;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/** The codes and tokens that one provider gave out and still honours. */
public final class Grants<A extends Account> {

  /** How long an access token and an ID token are good for. */
  public static final Duration TOKEN_LIFE = Duration.ofSeconds(3599);

  private static final Duration CODE_LIFE = Duration.ofMinutes(10);

  private final Clock clock;
  private final SecureRandom random = new SecureRandom();
  private final Map<String, Code<A>> codes = new HashMap<>();
  private final Map<String, Access<A>> accesses = new HashMap<>();
  private final Map<String, Grant<A>> refreshes = new HashMap<>();
  private final Set<String> ended = new HashSet<>();

  private record Access<A extends Account>(Grant<A> grant, long expiresAt) {}

  /** Has given out nothing yet. */
  public Grants(Clock clock) {
    this.clock = clock;
  }

  /** Seconds of the epoch, as tokens count them. */
  public long now() {
    return clock.millis() / 1000;
  }

  Grant<A> grant(A account, List<String> scopes, String nonce, boolean offline) {
    return new Grant<>(secret(16), account, scopes, nonce, offline);
  }

  String codeFor(Grant<A> grant, String prefix, String redirectUri, String challenge) {
    String value = prefix + secret(48);
    long expiresAt = clock.millis() + CODE_LIFE.toMillis();
    codes.put(value, new Code<>(grant, redirectUri, challenge, expiresAt, false));
    return value;
  }

  /** A code serves once; at a second time the tokens it brought end, too (RFC 6749 §4.1.2). */
  Grant<A> redeem(String value, String redirectUri, String verifier) {
    Code<A> code = codes.get(value);
    if (code == null) {
      throw new Refusal(Reason.BAD_CODE);
    }
    if (code.used()) {
      end(grant -> grant.id().equals(code.grant().id()));
      throw new Refusal(Reason.USED_CODE);
    }
    if (code.expiresAt() <= clock.millis()) {
      throw new Refusal(Reason.LATE_CODE);
    }
    if (!code.redirectUri().equals(redirectUri)) {
      throw new Refusal(Reason.OTHER_REDIRECT, redirectUri);
    }
    if (verifier == null) {
      throw new Refusal(Reason.MISSING_VERIFIER);
    }
    if (!code.isFor(verifier)) {
      throw new Refusal(Reason.WRONG_VERIFIER);
    }
    codes.put(value, code.redeemed());
    return code.grant();
  }

  /** An access token. */
  public String accessFor(Grant<A> grant, String prefix) {
    String value = prefix + secret(96);
    accesses.put(value, new Access<>(grant, clock.millis() + TOKEN_LIFE.toMillis()));
    return value;
  }

  /** A refresh token. */
  public String refreshFor(Grant<A> grant, String prefix) {
    String value = prefix + secret(48);
    refreshes.put(value, grant);
    return value;
  }

  Grant<A> refresh(String value) {
    Grant<A> grant = refreshes.get(value);
    if (grant == null) {
      throw new Refusal(
          ended.contains(value) ? Reason.ENDED_REFRESH_TOKEN : Reason.BAD_REFRESH_TOKEN);
    }
    return grant;
  }

  /** What an access token that is still good stands for. */
  public Optional<Grant<A>> access(String value) {
    return Optional.ofNullable(accesses.get(value))
        .filter(access -> access.expiresAt() > clock.millis())
        .map(Access::grant);
  }

  /** Whether there is a refresh token of that person's. */
  public boolean isOffline(A account) {
    return refreshes.values().stream()
        .anyMatch(grant -> grant.account().email().equals(account.email()));
  }

  /** Ends the grant that a token of either kind stands for; false where there is none. */
  public boolean revoke(String token) {
    Grant<A> known = access(token).orElse(refreshes.get(token));
    if (known == null) {
      return false;
    }
    end(grant -> grant.id().equals(known.id()));
    return true;
  }

  /** Ends all that stands for such a grant, and says how many tokens that were. */
  int end(Predicate<Grant<A>> which) {
    int before = accesses.size() + refreshes.size();
    codes.values().removeIf(code -> !code.used() && which.test(code.grant()));
    accesses.values().removeIf(access -> which.test(access.grant()));
    refreshes.forEach(
        (value, grant) -> {
          if (which.test(grant)) {
            ended.add(value);
          }
        });
    refreshes.keySet().removeAll(ended);
    return before - accesses.size() - refreshes.size();
  }

  private String secret(int bytes) {
    byte[] secret = new byte[bytes];
    random.nextBytes(secret);
    return Digests.base64(secret);
  }
}
