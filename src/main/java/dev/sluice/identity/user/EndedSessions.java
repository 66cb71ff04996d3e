package dev.sluice.identity.user;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import java.time.Duration;
import java.util.function.Supplier;

/** The sessions that have ended while a token of them may still be good. Any thread. */
public final class EndedSessions {
  private final Supplier<Duration> token;
  private final Cache<String, Long> ended = // until when they are remembered
      Caffeine.newBuilder()
          .expireAfter(
              Expiry.<String, Long>writing(
                  (session, until) ->
                      Duration.ofMillis(Math.max(0, until - System.currentTimeMillis()))))
          .executor(Runnable::run)
          .build();

  /** {@code token} is how long the usual token is good at most. */
  public EndedSessions(Supplier<Duration> token) {
    this.token = token;
  }

  public void add(String session) {
    add(session, Duration.ZERO);
  }

  /** One that may have a token which is good for longer than usual. */
  public void add(String session, Duration tokens) {
    long usual = token.get().toMillis();
    long until = System.currentTimeMillis() + Math.max(usual, tokens.toMillis());
    ended.asMap().merge(session, until, Math::max);
  }

  /** {@code session} may be null. */
  boolean has(String session) {
    return session != null && ended.getIfPresent(session) != null;
  }
}
