package dev.sluice.http;

import dev.sluice.cache.http.HttpCache;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;

/**
 * A body that is to be stored, as far as it has come. Its bytes count as held by the cache until
 * {@link #release}. Belongs to one event loop.
 */
final class Collected {
  /** Smaller parts are put together, or a body that drips in would cost many times its size. */
  private static final int PART_BYTES = 4096;

  private final HttpCache cache;
  private final List<Buffer> parts = new ArrayList<>();
  private long size;

  Collected(HttpCache cache) {
    this.cache = cache;
  }

  /** Adds a part; false where it is too large to be stored, or too much is being fetched. */
  boolean add(Buffer part) {
    if (size + part.length() > cache.settings().maxEntry().bytes()) return false;
    if (!cache.hold(part.length())) return false;
    size += part.length();
    int last = parts.size() - 1;
    boolean small = last >= 0 && parts.get(last).length() + part.length() <= PART_BYTES;
    if (small) parts.set(last, parts.get(last).copy().appendBuffer(part));
    else parts.add(part);
    return true;
  }

  /** What there is so far; the parts are shared and not to be changed. */
  List<Buffer> parts() {
    return List.copyOf(parts);
  }

  long size() {
    return size;
  }

  Buffer whole() {
    Buffer whole = Buffer.buffer((int) size);
    parts.forEach(whole::appendBuffer);
    return whole;
  }

  void release() {
    cache.release(size);
    size = 0;
    parts.clear();
  }
}
