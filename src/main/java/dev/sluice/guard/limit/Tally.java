package dev.sluice.guard.limit;

import dev.sluice.call.Failure;
import dev.sluice.guard.limit.Shared.Lease;
import dev.sluice.guard.limit.Shared.Wanted;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import java.util.ArrayList;
import java.util.List;

/**
 * What one client has used of one quota. Where all nodes count together it admits what it has been
 * granted for the moment, so that a busy client's calls are counted here in nanoseconds, and asks
 * for more where that is used up. Any thread.
 */
public final class Tally {
  /** Counted. */
  static final long TAKEN = 0;

  /** Not counted: the others have to be asked. */
  static final long ASK = -1;

  /** Not counted: the others cannot be asked, and without them none are admitted. */
  static final long CLOSED = -2;

  /** Of what is not limited. */
  public static final Tally NONE = new Tally();

  private static final int UNKNOWN = -1;
  private static final int LEASES = 64; // of so many parts a limit is made, so that few lie unused

  private final Rule rule;
  private final String client;
  private final Window admitted; // by this node
  private int tokens;
  private long tokensUntil;
  private int left = UNKNOWN; // beside the tokens, when last told
  private long leftUntil; // what was told then says nothing any more
  private long refusedUntil;
  private int untold; // admitted without asking
  private int soon = 1;
  private volatile int standing; // what was left when it was last asked
  private final List<Promise<Void>> waiting = new ArrayList<>(1);
  private int lacking; // for whom the last lease was too small

  Tally(Rule rule, String client, long now) {
    this.rule = rule;
    this.client = client;
    this.admitted = new Window(rule.quota().window().toNanos(), now);
    this.refusedUntil = now;
  }

  private Tally() {
    this.rule = null;
    this.client = null;
    this.admitted = null;
  }

  /** Counts a call: {@link #TAKEN}; or the nanoseconds until it may be tried again; or why not. */
  synchronized long take(Outage outage) {
    long now = rule.now();
    if (!rule.shared().isAvailable()) return takeAlone(outage, now);
    if (tokens > 0 && now - tokensUntil >= 0) { // they were not needed
      tokens = 0;
      soon = 1;
    }
    if (tokens > 0) {
      tokens--;
      admitted.count(now);
      admitted.add(1);
      standing = left(now);
      return TAKEN;
    }
    return now - refusedUntil < 0 ? refusedUntil - now : ASK;
  }

  private long takeAlone(Outage outage, long now) {
    int mine = admitted.count(now);
    if (outage == Outage.CLOSED && rule.isShared()) return CLOSED;
    if (outage == Outage.LOCAL) {
      if (mine >= rule.share()) return Math.max(1, admitted.untilFewer(now));
      if (now - refusedUntil < 0) return refusedUntil - now; // that was so, whoever counts
      if (isTold(now) && untold >= left / rule.shared().nodes()) return leftUntil - now;
    }
    admitted.add(1);
    untold++;
    standing = left(now);
    return TAKEN;
  }

  private boolean isTold(long now) {
    return left != UNKNOWN && now - leftUntil < 0;
  }

  /** As {@link #take}, with the others asked where they have to be. Never fails. */
  Future<Long> taken(Vertx vertx, Outage outage) {
    long taken = take(outage);
    if (taken != ASK) return Future.succeededFuture(taken);
    return asked(vertx).compose(told -> taken(vertx, outage));
  }

  /** Done, on the caller's context, when more has been granted, or will not be. */
  private synchronized Future<Void> asked(Vertx vertx) {
    Promise<Void> told = ((ContextInternal) vertx.getOrCreateContext()).promise();
    waiting.add(told);
    if (waiting.size() == 1) ask();
    return told.future();
  }

  private void ask() {
    long began = rule.now();
    int since = Math.min(untold, admitted.count(began)); // what is older counts no more
    int most = Math.max(1, rule.quota().requests() / LEASES);
    soon = Math.min(most, soon * 2);
    untold = 0;
    Wanted wanted = new Wanted(Math.max(1, lacking), soon, since);
    Future<Lease> answer = rule.shared().ask(rule.key() + client, rule.quota(), wanted);
    answer.onSuccess(lease -> learn(lease, began)).onFailure(away -> untell(since));
    rule.shared().waited(answer).onComplete(done -> goOn()); // after it is learnt
  }

  /** Has the others count what was admitted without asking them, as soon as that can be done. */
  synchronized void report() {
    long now = rule.now();
    int since = Math.min(untold, admitted.count(now));
    if (since == 0 || !waiting.isEmpty()) return; // who waits has it told
    untold = 0;
    rule.shared()
        .ask(rule.key() + client, rule.quota(), new Wanted(0, 0, since))
        .onFailure(away -> untell(since));
  }

  private synchronized void untell(int since) {
    untold += since;
  }

  private static void tell(List<Promise<Void>> waiting) {
    waiting.forEach(Promise::complete);
  }

  /** Those who could not wait for it have been counted alone: they have their part of it. */
  private synchronized void learn(Lease lease, long began) {
    long now = rule.now();
    int late = Math.min(untold, lease.granted());
    untold -= late;
    long until = began + lease.millis() * 1_000_000;
    tokensUntil = tokens > 0 && tokensUntil - until < 0 ? tokensUntil : until;
    tokens += lease.granted() - late;
    left = lease.left();
    leftUntil = now + rule.quota().window().toNanos();
    if (lease.granted() == 0) refusedUntil = now + Math.max(1, lease.waitMillis()) * 1_000_000;
  }

  /** Whoever has waited has another try. */
  private void goOn() {
    List<Promise<Void>> those;
    synchronized (this) {
      those = List.copyOf(waiting);
      waiting.clear();
      lacking = Math.max(0, those.size() - tokens);
    }
    those.forEach(Promise::complete);
  }

  /** Whether a new one would say the same. */
  synchronized boolean isIdle() {
    long now = rule.now();
    boolean nothing = admitted.count(now) == 0 && waiting.isEmpty();
    return nothing && now - refusedUntil >= 0 && (tokens == 0 || now - tokensUntil >= 0);
  }

  /** What was just counted is not to be. */
  synchronized void takeBack() {
    admitted.takeBack();
    if (untold > 0) untold--;
    else tokens++;
  }

  /**
   * The nanoseconds until a call might be counted; 0 where it may be now, for all that is known.
   */
  synchronized long spent() {
    long now = rule.now();
    if (now - refusedUntil < 0) return refusedUntil - now;
    if (rule.shared().isAvailable() || admitted.count(now) < rule.share()) return 0;
    return Math.max(1, admitted.untilFewer(now));
  }

  /** Sees what is left, without counting anything. */
  synchronized Tally look() {
    standing = left(rule.now());
    return this;
  }

  private int left(long now) {
    if (rule.shared().isAvailable() && isTold(now)) return left + tokens;
    return Math.max(0, rule.share() - admitted.count(now));
  }

  /** Why a call is not counted. */
  Failure refusal(long wait) {
    return rule.refusal(wait);
  }

  /** The value of {@code RateLimit-Policy} (draft-ietf-httpapi-ratelimit-headers-10 §3). */
  public CharSequence policy() {
    return rule.policy();
  }

  /** The value of {@code RateLimit} (§4): {@code t} until all is back. */
  public CharSequence standing() {
    return rule.standing(standing);
  }
}
