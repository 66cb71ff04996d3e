package dev.sluice.cache.http;

import java.util.List;

/** The ages of cache groups: to invalidate one is to raise its epoch. Any thread. */
public interface Groups {
  /** Changes whenever any epoch does. */
  long version();

  /** The newest epoch of some groups. */
  long epoch(List<String> groups);

  /** Makes all that belongs to them stale, here and on other nodes. */
  void invalidate(List<String> groups);
}
