package dev.sluice.guard.limit;

import dev.sluice.call.Caller;
import dev.sluice.call.Network;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** What counts the calls of one operation or route. */
public final class Limit {
  private static final String EVERYBODY = "";

  /**
   * What one class says.
   *
   * @param ip of whoever is not counted as a user; null, these are not counted one by one
   * @param user of users; null, they are counted as all others
   * @param tiers of users of a tier
   * @param all of everybody together; null, nobody counts that
   */
  record Part(Rule ip, Rule user, Map<String, Rule> tiers, Rule all, Outage outage) {

    private Tally one(Caller caller, String address) {
      if (user == null || caller == null || caller.isAnonymous()) return nobody(address);
      Rule own = caller.tier() == null ? user : tiers.getOrDefault(caller.tier(), user);
      return own.of(caller.subject());
    }

    private Tally nobody(String address) {
      return ip == null ? null : ip.of(Network.of(address));
    }
  }

  /** What counts one call, as one of its classes has it. */
  private record Counting(Tally tally, Outage outage) {}

  private final Vertx vertx;
  private final List<Part> parts;
  private final Part only; // where that, by one tally, is all

  Limit(Vertx vertx, List<Part> parts) {
    this.vertx = vertx;
    this.parts = List.copyOf(parts);
    boolean plain = parts.size() == 1 && parts.get(0).all == null;
    this.only = plain ? parts.get(0) : null;
  }

  /**
   * Counts a call where that can be done without asking anybody; null where it cannot, or is one
   * too many: {@link #take} says which.
   *
   * @param caller null where it is nobody
   */
  public Tally takeAtOnce(Caller caller, String address) {
    if (only != null) {
      Tally tally = only.one(caller, address);
      return tally.take(only.outage) == Tally.TAKEN ? tally : null;
    }
    if (parts.isEmpty()) return Tally.NONE;
    List<Counting> all = counting(caller, address);
    for (int i = 0; i < all.size(); i++) {
      if (all.get(i).tally.take(all.get(i).outage) != Tally.TAKEN) {
        takeBack(all.subList(0, i));
        return null;
      }
    }
    return all.get(0).tally;
  }

  /**
   * Counts a call. Fails with 429 RATE_LIMIT_EXCEEDED where it is one too many, and with 503 where
   * it cannot be counted and must be.
   *
   * @param told what is to be told of it, either way: where it is refused, of who refuses
   */
  public Future<Void> take(Caller caller, String address, Consumer<Tally> told) {
    return take(counting(caller, address), 0, told);
  }

  private Future<Void> take(List<Counting> all, int i, Consumer<Tally> told) {
    if (i == all.size()) {
      told.accept(first(all));
      return Future.succeededFuture();
    }
    Counting next = all.get(i);
    return next.tally
        .taken(vertx, next.outage)
        .compose(
            wait -> {
              if (wait == Tally.TAKEN) return take(all, i + 1, told);
              takeBack(all.subList(0, i));
              told.accept(next.tally.look());
              return Future.failedFuture(next.tally.refusal(wait));
            });
  }

  /**
   * Fails as {@link #take} would, and counts nothing: where it takes work to find out who calls,
   * who is nobody should not have it done for ever.
   */
  public void check(String address) {
    for (Part part : parts) {
      Tally tally = part.nobody(address);
      long wait = tally == null ? 0 : tally.spent();
      if (wait > 0) throw tally.refusal(wait);
    }
  }

  /** What is told of a call, without counting one. */
  public Tally first(Caller caller, String address) {
    return first(counting(caller, address));
  }

  private static Tally first(List<Counting> all) {
    return all.isEmpty() ? Tally.NONE : all.get(0).tally.look();
  }

  private List<Counting> counting(Caller caller, String address) {
    List<Counting> all = new ArrayList<>(2 * parts.size());
    for (Part part : parts) {
      Tally one = part.one(caller, address);
      if (one != null) all.add(new Counting(one, part.outage));
    }
    for (Part part : parts) {
      if (part.all != null) all.add(new Counting(part.all.of(EVERYBODY), part.outage));
    }
    return all;
  }

  private static void takeBack(List<Counting> taken) {
    taken.forEach(counting -> counting.tally.takeBack());
  }
}
