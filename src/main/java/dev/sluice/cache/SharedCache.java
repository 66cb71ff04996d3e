package dev.sluice.cache;

import io.vertx.core.Future;
import java.util.List;

/**
 * The second level, which nodes share and which survives a restart. It never fails and never makes
 * a caller wait for more than its own short deadline: out of reach, it is empty.
 */
public interface SharedCache {

  /** A second level that is not there. */
  SharedCache NONE =
      new SharedCache() {
        @Override
        public void listen(Cache cache) {}

        @Override
        public Future<Entry> get(String key, List<String> tags, Epochs epochs) {
          return Future.succeededFuture(null);
        }

        @Override
        public void put(Entry entry) {}

        @Override
        public void drop(String key) {}

        @Override
        public Future<Void> raised(List<String> tags, Epochs epochs) {
          return Future.succeededFuture();
        }
      };

  /** From now on tells {@code cache} what other nodes invalidate. */
  void listen(Cache cache);

  /** The entry under a key, or null; tells {@code epochs} what it holds of the tags. */
  Future<Entry> get(String key, List<String> tags, Epochs epochs);

  /** Keeps an entry for as long as it is of any use. */
  void put(Entry entry);

  /** Forgets what is under a key. */
  void drop(String key);

  /** Tells the other nodes that tags were raised; done once Redis knows, or is out of reach. */
  Future<Void> raised(List<String> tags, Epochs epochs);
}
