package dev.sluice.sandbox.openid;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * The keys that a provider publishes: the one it signs with, and the one before. They are made when
 * first needed, for that takes longer than all the rest of a start.
 */
public final class SigningKeys {

  private static final int PUBLISHED = 2;

  private final Deque<CompletableFuture<SigningKey>> keys = new ArrayDeque<>();

  /** A JWK set (RFC 7517 §5). */
  public record Jwks(List<SigningKey.Jwk> keys) {}

  /** Has them made in the background, so that nobody waits for them later. */
  public void prepare() {
    while (keys.size() < PUBLISHED) {
      keys.addLast(CompletableFuture.supplyAsync(SigningKey::make));
    }
  }

  /** The public halves of all. */
  public Jwks jwks() {
    prepare();
    return new Jwks(keys.stream().map(key -> key.join().jwk()).toList());
  }

  /** A token of these claims, signed with the newest key. */
  public String sign(Map<String, Object> claims) {
    prepare();
    return keys.getFirst().join().sign(claims);
  }

  /** Signs with a new key from now on; the oldest is published no more. */
  String rotate() {
    prepare();
    SigningKey made = SigningKey.make();
    keys.addFirst(CompletableFuture.completedFuture(made));
    keys.removeLast();
    return made.id();
  }
}
