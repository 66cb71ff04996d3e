package dev.sluice.upstream;

import java.util.List;
import java.util.Set;
import java.util.function.ToIntFunction;

/**
 * Chooses a target: the one with the fewest requests under way for its weight; among equals by
 * turns, smoothly weighted. Sockets, which last, are weighed against each other alone: a target
 * that was away for a moment would get all requests until it had its share of them. One an event
 * loop; the counts are of all of them.
 */
final class Choice {
  private final Targets targets;
  private final ToIntFunction<Target> loads;
  private final int[] turn;

  /** For requests. */
  Choice(Targets targets) {
    this(targets, Target::inFlight);
  }

  Choice(Targets targets, ToIntFunction<Target> loads) {
    this.loads = loads;
    this.targets = targets;
    this.turn = new int[targets.all().size()];
  }

  /** A target in use that has not been tried, or null. */
  Target next(Set<Target> tried) {
    List<Target> all = targets.all();
    if (all.size() == 1) return tried.isEmpty() ? all.get(0) : null;
    boolean panic = targets.isPanic();
    Target least = null;
    int load = 0;
    for (int i = 0; i < all.size(); i++) {
      Target target = all.get(i);
      if (!may(target, panic, tried)) continue;
      int own = loads.applyAsInt(target);
      if (least == null || isLess(own, target, load, least)) {
        least = target;
        load = own;
      }
    }
    return least == null ? null : inTurn(panic, tried, least, load);
  }

  /** Among those as little loaded as {@code least}, the one whose turn it is. */
  private Target inTurn(boolean panic, Set<Target> tried, Target least, int load) {
    List<Target> all = targets.all();
    int best = all.indexOf(least);
    int sum = 0;
    for (int i = 0; i < turn.length; i++) {
      Target target = all.get(i);
      if (!may(target, panic, tried)) continue;
      if (target != least && isLess(load, least, loads.applyAsInt(target), target)) continue;
      int weight = target.settings().weight();
      sum += weight;
      turn[i] += weight;
      if (turn[i] > turn[best]) best = i;
    }
    turn[best] -= sum;
    return all.get(best);
  }

  private static boolean may(Target target, boolean panic, Set<Target> tried) {
    boolean used = panic ? target.settings().weight() > 0 : target.isUsed();
    return used && !tried.contains(target);
  }

  private static boolean isLess(int load, Target target, int otherLoad, Target other) {
    return (long) load * other.settings().weight() < (long) otherLoad * target.settings().weight();
  }
}
