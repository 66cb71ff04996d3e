package dev.sluice.provider;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.sluice.provider.Traffic.Bucket;
import dev.sluice.provider.Upstream.QuotaNews;

/** A provider's buckets by key; one that has been idle for two windows is full, and forgotten. */
final class Quotas {
  private final Bucket settings;
  private final Cache<String, Quota> buckets;

  Quotas(Bucket settings) {
    this.settings = settings;
    this.buckets =
        Caffeine.newBuilder()
            .maximumSize(100_000)
            .expireAfterAccess(settings.window().multipliedBy(2))
            .build();
  }

  /** Takes a point; how many milliseconds to wait where there is none, else 0. */
  long take(String key) {
    return bucket(key).take(System.currentTimeMillis());
  }

  long waitMillis(String key) {
    return bucket(key).waitMillis(System.currentTimeMillis());
  }

  void learn(String key, QuotaNews news) {
    if (settings.points() > 0 && news != null) {
      bucket(key).learn(news, System.currentTimeMillis());
    }
  }

  /** The provider has refused: nothing more for so long. */
  void close(String key, long millis) {
    bucket(key).close(System.currentTimeMillis() + millis);
  }

  /** Points left in the common bucket, -1 where none is counted. */
  int points() {
    return settings.points() == 0 ? -1 : (int) bucket("").points();
  }

  private Quota bucket(String key) {
    return buckets.get(
        key,
        k ->
            new Quota(settings.points(), settings.window().toMillis(), System.currentTimeMillis()));
  }
}
