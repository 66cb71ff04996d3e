package dev.sluice.upstream;

import dev.sluice.observe.Health.Status;
import dev.sluice.upstream.Target.Reason;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** The targets of one upstream, and which of them are in use. Any thread. */
final class Targets {
  /** Hears what is taken out, right after; on the thread that did. */
  interface Listener {
    void ejected(Target target, Reason reason);
  }

  private final List<Target> all;
  private final boolean several;
  private final List<Listener> listeners = new CopyOnWriteArrayList<>();

  Targets(List<TargetSettings> settings) {
    this.all = settings.stream().map(Target::new).toList();
    this.several = settings.stream().filter(target -> target.weight() > 0).count() > 1;
  }

  List<Target> all() {
    return all;
  }

  /** The URLs of those in use, each as often as its weight says. */
  List<String> urls() {
    boolean panic = isPanic();
    List<String> urls = new ArrayList<>();
    for (Target target : all) {
      int times = panic || target.isUsed() ? target.settings().weight() : 0;
      for (int i = 0; i < times; i++) urls.add(target.settings().url().toString());
    }
    return urls;
  }

  /** Whether there is another to go to at all. */
  boolean isSeveral() {
    return several;
  }

  void listen(Listener listener) {
    listeners.add(listener);
  }

  void forget(Listener listener) {
    listeners.remove(listener);
  }

  /**
   * Whether none is in use: then all are, for a gateway that might be mistaken is better than one
   * that answers nobody.
   */
  boolean isPanic() {
    for (Target target : all) if (target.isUsed()) return false;
    return true;
  }

  /** Takes a target out, unless it is the last. */
  boolean eject(Target target, Reason reason) {
    synchronized (this) {
      if (target.out() != null || isLast(target)) return false;
      target.setOut(reason);
    }
    listeners.forEach(listener -> listener.ejected(target, reason));
    return true;
  }

  void restore(Target target) {
    target.setOut(null);
  }

  Status status() {
    int used = 0;
    int wanted = 0;
    for (Target target : all) {
      if (target.settings().weight() > 0) wanted++;
      if (target.isUsed() && !target.isFailing()) used++;
    }
    if (used == wanted) return Status.UP;
    return used == 0 ? Status.DOWN : Status.DEGRADED;
  }

  private boolean isLast(Target target) {
    for (Target other : all) if (other != target && other.isUsed()) return false;
    return true;
  }
}
