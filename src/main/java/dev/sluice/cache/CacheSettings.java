package dev.sluice.cache;

import dev.sluice.cache.http.HttpCacheSettings;
import dev.sluice.conf.Size;

/**
 * The {@code cache} section.
 *
 * @param nearBytes how much the near cache holds, all shards together
 * @param shared whether entries are also kept in Redis
 * @param maxEntry a larger reply is passed on and not stored
 * @param http what routes with {@code cache: http} store
 */
public record CacheSettings(Size nearBytes, boolean shared, Size maxEntry, HttpCacheSettings http) {
  public CacheSettings {
    if (maxEntry.bytes() > nearBytes.bytes()) {
      throw new IllegalArgumentException("maxEntry is above nearBytes: nothing that large is kept");
    }
  }
}
