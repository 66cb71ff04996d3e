package dev.sluice.provider;

import dev.sluice.call.Call;
import dev.sluice.call.Deadline;
import dev.sluice.call.Failure;
import dev.sluice.call.Priority;
import dev.sluice.call.Reply;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.List;

/** One upstream request to be: a call, or several that leave as a batch. */
final class Job {
  private static final int OVERHEAD_BYTES = 512;

  /** A call and the promise of its reply. */
  record Part(Call call, Promise<Reply> promise) {}

  private final List<Part> parts;
  private final Priority priority;
  private final Deadline deadline;
  private final long bytes;
  private final String quotaKey;
  private final long since = System.nanoTime();
  private int attempts;
  private boolean renewed;
  private boolean abandoned;
  private boolean held;
  private Runnable reset;
  private boolean streamed;
  private Future<Void> over = Future.succeededFuture();

  /** {@code quotaKey} names the bucket it counts on; empty, the provider's common one. */
  Job(List<Part> parts, String quotaKey) {
    this.parts = List.copyOf(parts);
    Priority most = Priority.LOW;
    Deadline latest = parts.get(0).call().deadline();
    long weight = 0;
    for (Part part : parts) {
      if (part.call.priority().compareTo(most) < 0) most = part.call.priority();
      latest = Deadline.latest(latest, part.call.deadline());
      weight += part.call.body().weight() + OVERHEAD_BYTES;
    }
    this.priority = most;
    this.deadline = latest;
    this.bytes = weight;
    this.quotaKey = quotaKey;
  }

  List<Part> parts() {
    return parts;
  }

  List<Call> calls() {
    return parts.stream().map(Part::call).toList();
  }

  Priority priority() {
    return priority;
  }

  /** The latest of its parts' deadlines. */
  Deadline deadline() {
    return deadline;
  }

  long bytes() {
    return bytes;
  }

  String quotaKey() {
    return quotaKey;
  }

  /** Whether it counts on the provider's common bucket. */
  boolean sharesQuota() {
    return quotaKey.isEmpty();
  }

  /** Whether it would come too late for everyone who waits for it. */
  boolean isExpired() {
    return deadline.hasPassed();
  }

  /** When it was made, by System.nanoTime. */
  long since() {
    return since;
  }

  int attempts() {
    return attempts;
  }

  void countAttempt() {
    attempts++;
  }

  /** True once: the credential may be renewed a single time for a job. */
  boolean renewOnce() {
    boolean first = !renewed;
    renewed = true;
    return first;
  }

  /** Its answer is to be passed on as it comes. */
  Job streamed(boolean streamed) {
    this.streamed = streamed;
    return this;
  }

  boolean isStreamed() {
    return streamed;
  }

  /** Whether its request can be sent again: a streamed body is gone once it is read. */
  boolean isRepeatable() {
    return parts.stream().noneMatch(part -> part.call.body().isStreamed());
  }

  /** Its answer goes on for as long as this. */
  void lasts(Future<Void> over) {
    this.over = over;
  }

  /** When its answer has been passed on, to the end or not: at once where it came whole. */
  Future<Void> over() {
    return over;
  }

  void settle(List<Future<Reply>> outcomes) {
    for (int i = 0; i < parts.size(); i++) {
      Promise<Reply> promise = parts.get(i).promise;
      outcomes.get(i).onComplete(promise::tryComplete, promise::tryFail);
    }
  }

  void fail(Failure failure) {
    parts.forEach(part -> part.promise.tryFail(failure));
  }

  /** How to end the request that is under way. */
  void onReset(Runnable reset) {
    this.reset = reset;
    if (abandoned && !held) reset.run();
  }

  /** From now on its request runs to its end, even for nobody: the breaker learns from it. */
  void hold() {
    held = true;
  }

  /** Whether every call in it has been answered or given up. */
  boolean isForNobody() {
    return parts.stream().allMatch(part -> part.promise.future().isComplete());
  }

  /** Nobody waits any more: ends the request, if one is under way. */
  void abandon() {
    abandoned = true;
    if (reset != null && !held) reset.run();
  }

  boolean isAbandoned() {
    return abandoned;
  }
}
