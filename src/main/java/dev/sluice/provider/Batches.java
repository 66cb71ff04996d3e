package dev.sluice.provider;

import dev.sluice.provider.Traffic.Batching;
import dev.sluice.provider.Upstream.BatchKey;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Holds calls of one kind together for the few milliseconds in which others may join them: a batch
 * leaves when it is full, when nobody has joined for a quiet moment and no other batch of its kind
 * is under way (as Nagle's algorithm does), or when its first call has waited long enough. Not
 * thread-safe; owned by one verticle.
 */
final class Batches {
  private final Vertx vertx;
  private final Batching settings;
  private final Consumer<Job> full;
  private final Map<String, Gathering> gatherings = new HashMap<>();
  private final Set<String> underWay = new HashSet<>();

  Batches(Vertx vertx, Batching settings, Consumer<Job> full) {
    this.vertx = vertx;
    this.settings = settings;
    this.full = full;
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
      timer = vertx.setTimer(Math.max(1, TimeUnit.NANOSECONDS.toMillis(nanos)), t -> leaveOrWait());
    }

    private void leaveOrWait() {
      long now = System.nanoTime();
      long patience = settings.longest().toNanos() - (now - began);
      long quiet = settings.quiet().toNanos() - (now - joined);
      boolean settled = quiet <= 0 && !underWay.contains(key);
      if (settled || patience <= 0) close();
      else look(Math.min(patience, Math.max(quiet, settings.quiet().toNanos() / 2)));
    }

    void close() {
      vertx.cancelTimer(timer);
      gatherings.remove(key);
      if (parts.isEmpty()) return;
      underWay.add(key);
      Job job = new Job(parts);
      parts.get(0).promise().future().onComplete(done -> underWay.remove(key));
      full.accept(job);
    }
  }
}
