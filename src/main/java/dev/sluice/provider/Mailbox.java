package dev.sluice.provider;

import dev.sluice.call.Priority;
import dev.sluice.provider.Traffic.Waiting;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * Where jobs wait for a permit: three lanes, bounded together in calls and bytes. A full box sheds
 * the newest of the least urgent lane. Every eighth job taken is the one that has waited longest,
 * once it has waited out the ageing: so a low one is slow under load, and yet never starves. Not
 * thread-safe; owned by one verticle.
 */
final class Mailbox {
  private static final int AGED_TURN = 8;

  private final Map<Priority, Deque<Job>> lanes = new EnumMap<>(Priority.class);
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
    for (Priority priority : Priority.values()) lanes.put(priority, new ArrayDeque<>());
  }

  /** Takes a job in; gives back those that had to go for it, which may be itself. */
  List<Job> offer(Job job) {
    if (job.bytes() > maxBytes || job.parts().size() > maxCalls) return List.of(job);
    lanes.get(job.priority()).addLast(job);
    count(job, 1);
    List<Job> shed = new ArrayList<>();
    while (calls > maxCalls || bytes > maxBytes) shed.add(dropLeastUrgent());
    return shed;
  }

  /** Puts back a job that was admitted before, ahead of its lane. */
  void putFirst(Job job) {
    lanes.get(job.priority()).addFirst(job);
    count(job, 1);
  }

  /** The next job, or null. */
  Job poll(long nowNanos) {
    Deque<Job> lane = nextLane(nowNanos);
    if (lane == null) return null;
    Job job = lane.pollFirst();
    count(job, -1);
    return job;
  }

  boolean remove(Job job) {
    boolean found = lanes.get(job.priority()).remove(job);
    if (found) count(job, -1);
    return found;
  }

  /** Empties the box. */
  List<Job> clear() {
    List<Job> all = new ArrayList<>();
    for (Deque<Job> lane : lanes.values()) {
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

  private Deque<Job> nextLane(long nowNanos) {
    if (++turn % AGED_TURN == 0) {
      Deque<Job> oldest = longestWaiting();
      if (oldest != null && nowNanos - oldest.peekFirst().since() > ageingNanos) return oldest;
    }
    for (Deque<Job> lane : lanes.values()) if (!lane.isEmpty()) return lane;
    return null;
  }

  private Deque<Job> longestWaiting() {
    Deque<Job> oldest = null;
    for (Deque<Job> lane : lanes.values()) {
      if (lane.isEmpty()) continue;
      if (oldest == null || lane.peekFirst().since() < oldest.peekFirst().since()) oldest = lane;
    }
    return oldest;
  }

  private Job dropLeastUrgent() {
    Deque<Job> last = null;
    for (Deque<Job> lane : lanes.values()) if (!lane.isEmpty()) last = lane;
    Job job = last.pollLast();
    count(job, -1);
    return job;
  }

  private void count(Job job, int sign) {
    calls += sign * job.parts().size();
    bytes += sign * job.bytes();
  }
}
