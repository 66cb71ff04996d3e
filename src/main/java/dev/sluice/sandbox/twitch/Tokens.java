package dev.sluice.sandbox.twitch;

import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Predicate;

/** The tokens that the simulated Twitch gave out and still honours. */
final class Tokens {

  private static final Duration APP_LIFE = Duration.ofDays(60);
  private static final Duration USER_LIFE = Duration.ofHours(4);
  private static final String LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789";

  private final Clock clock;
  private final SplittableRandom random = new SplittableRandom();
  private final Map<String, Token> access = new HashMap<>();
  private final Map<String, Grant> refreshes = new HashMap<>();
  private final Map<String, Grant> codes = new HashMap<>();

  /** What a user allowed a client; codes and refresh tokens stand for it. */
  record Grant(String clientId, User user, List<String> scopes) {}

  Tokens(Clock clock) {
    this.clock = clock;
  }

  Token app(String clientId) {
    return keep(clientId, null, List.of(), APP_LIFE);
  }

  Token user(Grant grant) {
    return keep(grant.clientId, grant.user, grant.scopes, USER_LIFE);
  }

  private Token keep(String clientId, User user, List<String> scopes, Duration life) {
    Token token = new Token(secret(30), clientId, user, scopes, clock.millis() + life.toMillis());
    access.put(token.value(), token);
    return token;
  }

  String refreshFor(Grant grant) {
    String value = secret(50);
    refreshes.put(value, grant);
    return value;
  }

  String codeFor(Grant grant) {
    String value = secret(30);
    codes.put(value, grant);
    return value;
  }

  /** A code serves once. */
  Optional<Grant> redeemCode(String code) {
    return Optional.ofNullable(codes.remove(code));
  }

  Optional<Grant> refresh(String refreshToken) {
    return Optional.ofNullable(refreshes.get(refreshToken));
  }

  Optional<Token> valid(String value) {
    return Optional.ofNullable(access.get(value)).filter(t -> t.expiresAt() > clock.millis());
  }

  long secondsLeft(Token token) {
    return (token.expiresAt() - clock.millis()) / 1000;
  }

  void revoke(Token token) {
    access.remove(token.value());
  }

  /** Ends all matching access tokens at once, as if their time had come. */
  int expire(Predicate<Token> which) {
    int before = access.size();
    access.values().removeIf(which);
    return before - access.size();
  }

  private String secret(int length) {
    StringBuilder text = new StringBuilder(length);
    for (int i = 0; i < length; i++) {
      text.append(LETTERS.charAt(random.nextInt(LETTERS.length())));
    }
    return text.toString();
  }
}
