package dev.sluice.upstream;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * One server of an upstream, as all event loops see it: what is under way to it, and whether it is
 * in use. Who may take it out is {@link Targets}.
 */
public final class Target {
  /** What a target was taken out for. */
  enum Reason {
    FAILURES,
    SILENCE
  }

  private final TargetSettings settings;
  private final AtomicInteger inFlight = new AtomicInteger();
  private final AtomicInteger awaiting = new AtomicInteger();
  private static final int FAILING = 5;

  private final AtomicInteger failures = new AtomicInteger();
  final AtomicInteger connections = new AtomicInteger();
  final AtomicInteger sockets = new AtomicInteger(); // open, or asked for
  private volatile boolean well = true;
  private volatile Reason out;
  private volatile long heardAt = System.nanoTime();

  Target(TargetSettings settings) {
    this.settings = settings;
  }

  TargetSettings settings() {
    return settings;
  }

  /** Host and port, as its URL has them. */
  public String authority() {
    return settings.authority();
  }

  /** Requests on their way to it or waiting for a connection, of all event loops. */
  int inFlight() {
    return inFlight.get();
  }

  /** Of those, how many have had no answer's head yet. */
  int awaiting() {
    return awaiting.get();
  }

  /** When its last byte came, or when a request began to wait while none did. */
  long heardAt() {
    return heardAt;
  }

  void began() {
    inFlight.incrementAndGet();
    if (awaiting.getAndIncrement() == 0) heardAt = System.nanoTime();
  }

  void heard(long now) {
    heardAt = now;
  }

  void answered() {
    awaiting.decrementAndGet();
  }

  void ended() {
    inFlight.decrementAndGet();
  }

  /** True if it has failed so often in a row. */
  boolean failed(int most) {
    return failures.incrementAndGet() >= most;
  }

  void succeeded() {
    if (failures.get() != 0) failures.set(0);
  }

  /** Whether it has done nothing but fail of late, though it may be the last that is used. */
  boolean isFailing() {
    return failures.get() >= FAILING;
  }

  /** Whether new requests go to it. */
  boolean isUsed() {
    return settings.weight() > 0 && well && out == null;
  }

  boolean isWell() {
    return well;
  }

  void setWell(boolean well) {
    this.well = well;
  }

  /** What it was taken out for; null where it is not out. */
  Reason out() {
    return out;
  }

  void setOut(Reason reason) {
    failures.set(0);
    out = reason;
  }

  @Override
  public String toString() {
    return authority();
  }
}
