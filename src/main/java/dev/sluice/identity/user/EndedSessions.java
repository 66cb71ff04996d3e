package dev.sluice.identity.user;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import java.time.Duration;
import java.util.function.Supplier;

/** The sessions that have ended while a token of them may still be good. Any thread. */
public final class EndedSessions {
  private final Cache<String, Boolean> ended;

  /** {@code token} is how long a token is good at most. */
  public EndedSessions(Supplier<Duration> token) {
    ended =
        Caffeine.newBuilder()
            .expireAfter(Expiry.<String, Boolean>writing((session, is) -> token.get()))
            .executor(Runnable::run)
            .build();
  }

  public void add(String session) {
    ended.put(session, true);
  }

  /** {@code session} may be null. */
  boolean has(String session) {
    return session != null && ended.getIfPresent(session) != null;
  }
}
