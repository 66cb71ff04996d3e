package dev.sluice.provider;

import dev.sluice.provider.Traffic.Batching;
import dev.sluice.provider.Upstream.BatchKey;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Holds calls of one kind together for the few milliseconds in which others may join them. A batch
 * leaves when it is full, when its first call has waited long enough, or when nobody has joined for
 * a quiet moment: a short one for a call on its own, a longer one in a burst. Not thread-safe;
 * owned by one verticle.
 */
final class Batches {
  private final Vertx vertx;
  private final Batching settings;
  private final Consumer<List<Job.Part>> ready;
  private final Map<String, Gathering> gatherings = new HashMap<>();

  Batches(Vertx vertx, Batching settings, Consumer<List<Job.Part>> ready) {
    this.vertx = vertx;
    this.settings = settings;
    this.ready = ready;
  }

  void add(BatchKey key, Job.Part part) {
    Gathering gathering = gatherings.computeIfAbsent(key.key(), Gathering::new);
    gathering.add(part);
    if (gathering.parts.size() >= key.most()) gathering.close();
  }

  /** Takes a call out again; false where it has left already. */
  boolean remove(Job.Part part) {
    for (Gathering gathering : gatherings.values()) {
      if (gathering.parts.remove(part)) {
        if (gathering.parts.isEmpty()) gathering.close();
        return true;
      }
    }
    return false;
  }

  private final class Gathering {
    final String key;
    final List<Job.Part> parts = new ArrayList<>();
    final long began = System.nanoTime();
    long joined = began;
    long timer;

    Gathering(String key) {
      this.key = key;
      look(settings.quiet().toNanos());
    }

    void add(Job.Part part) {
      parts.add(part);
      joined = System.nanoTime();
    }

    private void look(long nanos) {
      timer = vertx.setTimer(Math.max(1, (nanos + 999_999) / 1_000_000), t -> leaveOrWait());
    }

    private void leaveOrWait() {
      long now = System.nanoTime();
      long patience = settings.longest().toNanos() - (now - began);
      long quiet = (parts.size() == 1 ? settings.quiet() : settings.burst()).toNanos();
      long rest = Math.min(patience, quiet - (now - joined));
      if (rest <= 0) close();
      else look(rest);
    }

    void close() {
      vertx.cancelTimer(timer);
      gatherings.remove(key);
      if (parts.isEmpty()) return;
      ready.accept(parts);
    }
  }
}
