package dev.sluice.provider;

import dev.sluice.call.Priority;
import dev.sluice.provider.Traffic.Waiting;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.function.Predicate;

/**
 * Where jobs wait for a permit: by urgency, bounded together in calls and bytes. A full box sheds
 * what is past its deadline, then the newest of the least urgent. Every eighth job taken is the one
 * that has waited longest, once it has waited out the ageing: so a low one is slow under load, and
 * yet never starves. Not thread-safe; owned by one verticle.
 */
final class Mailbox {
  private static final int AGED_TURN = 8;

  /** By urgency, and within it those who share the common quota before those who do not. */
  private final List<Deque<Job>> lanes = new ArrayList<>();

  private final int maxCalls;
  private final long maxBytes;
  private final long ageingNanos;
  private volatile int calls;
  private volatile long bytes;
  private int turn;

  Mailbox(Waiting settings) {
    this.maxCalls = settings.calls();
    this.maxBytes = settings.bytes().bytes();
    this.ageingNanos = settings.ageing().toNanos();
    for (int i = 0; i < 2 * Priority.values().length; i++) lanes.add(new ArrayDeque<>());
  }

  /** Takes a job in; gives back those that had to go for it, which may be itself. */
  List<Job> offer(Job job) {
    if (job.bytes() > maxBytes || job.parts().size() > maxCalls) return List.of(job);
    laneOf(job).addLast(job);
    count(job, 1);
    List<Job> shed = new ArrayList<>();
    if (isOverfull()) dropExpired(shed);
    while (isOverfull()) shed.add(dropLeastUrgent());
    return shed;
  }

  /** Puts back a job that was admitted before, ahead of its lane. */
  void putFirst(Job job) {
    laneOf(job).addFirst(job);
    count(job, 1);
  }

  /** The next job, or null; passes over lanes whose first may not go now. */
  Job poll(long nowNanos, Predicate<Job> mayGo) {
    Deque<Job> lane = nextLane(nowNanos, mayGo);
    if (lane == null) return null;
    Job job = lane.pollFirst();
    count(job, -1);
    return job;
  }

  boolean remove(Job job) {
    boolean found = laneOf(job).remove(job);
    if (found) count(job, -1);
    return found;
  }

  /** Empties the box. */
  List<Job> clear() {
    List<Job> all = new ArrayList<>();
    for (Deque<Job> lane : lanes) {
      all.addAll(lane);
      lane.clear();
    }
    calls = 0;
    bytes = 0;
    return all;
  }

  /** How many calls wait; readable from any thread. */
  int calls() {
    return calls;
  }

  /** How many bytes they weigh; readable from any thread. */
  long bytes() {
    return bytes;
  }

  private Deque<Job> laneOf(Job job) {
    return lanes.get(2 * job.priority().ordinal() + (job.sharesQuota() ? 0 : 1));
  }

  private boolean isOverfull() {
    return calls > maxCalls || bytes > maxBytes;
  }

  private Deque<Job> nextLane(long nowNanos, Predicate<Job> mayGo) {
    boolean agedTurn = ++turn % AGED_TURN == 0;
    Deque<Job> next = null;
    for (Deque<Job> lane : lanes) {
      if (lane.isEmpty() || !mayGo.test(lane.peekFirst())) continue;
      if (!agedTurn) return lane;
      if (next == null || isAgedBefore(lane.peekFirst(), next.peekFirst(), nowNanos)) next = lane;
    }
    return next;
  }

  private boolean isAgedBefore(Job one, Job other, long nowNanos) {
    return one.since() - other.since() < 0 && nowNanos - one.since() > ageingNanos;
  }

  /** What nobody can wait for any more takes no room from the living. */
  private void dropExpired(List<Job> into) {
    for (Deque<Job> lane : lanes) {
      while (!lane.isEmpty() && lane.peekFirst().isExpired()) {
        Job job = lane.pollFirst();
        count(job, -1);
        into.add(job);
      }
    }
  }

  private Job dropLeastUrgent() {
    Comparator<Deque<Job>> byUrgency = Comparator.comparing(lane -> lane.peekLast().priority());
    Job job =
        lanes.stream()
            .filter(lane -> !lane.isEmpty())
            .max(byUrgency.thenComparing(lane -> lane.peekLast().since()))
            .orElseThrow()
            .pollLast();
    count(job, -1);
    return job;
  }

  private void count(Job job, int sign) {
    calls += sign * job.parts().size();
    bytes += sign * job.bytes();
  }
}
