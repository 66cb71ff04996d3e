package dev.sluice.prove;

import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntFunction;
import java.util.function.Supplier;

/**
 * {@code scripts/prove <name> [number]}: runs one proof; exit code 1 where a promise is not kept.
 */
public final class Prove {
  /** A proof prints its figures and says whether what was promised holds. */
  interface Proof {
    boolean holds() throws Exception;
  }

  /**
   * A proof, what the number after its name means (null where it takes none), and the usual one.
   */
  private record Offer(String unit, int usual, IntFunction<Proof> proof) {
    static Offer of(Supplier<Proof> proof) {
      return new Offer(null, 0, number -> proof.get());
    }

    String usage(String name) {
      return unit == null ? name : "%s [%s, %d]".formatted(name, unit, usual);
    }
  }

  private static final Map<String, Offer> OFFERS =
      new TreeMap<>(
          Map.ofEntries(
              Map.entry("batch", Offer.of(Batch::new)),
              Map.entry("big", new Offer("MiB", 2048, Big::new)),
              Map.entry("cold", Offer.of(Cold::new)),
              Map.entry("converge", new Offer("slots", 200, Converge::new)),
              Map.entry("idle", new Offer("connections", 10_000, Idle::new)),
              Map.entry("jobs", new Offer("jobs", 10_000, Jobs::new)),
              Map.entry("latency", new Offer("seconds a run", 20, Latency::new)),
              Map.entry("leaks", new Offer("seconds", 150, Leaks::new)),
              Map.entry("leave", Offer.of(Leave::new)),
              Map.entry("limits", Offer.of(Limits::new)),
              Map.entry("memory", new Offer("seconds", 60, Memory::new)),
              Map.entry("outage", Offer.of(Outage::new)),
              Map.entry("overload", Offer.of(Overload::new)),
              Map.entry("reload", Offer.of(Reload::new)),
              Map.entry("saves", new Offer("seconds", 30, Saves::new)),
              Map.entry("secrets", new Offer("streamers", 1000, Secrecy::new)),
              Map.entry("soak", new Offer("minutes", 30, Soak::new)),
              Map.entry("sockets", new Offer("events", 20_000, Sockets::new)),
              Map.entry("stalls", new Offer("clients", 2000, Stalls::new)),
              Map.entry("start", Offer.of(Start::new)),
              Map.entry("targets", Offer.of(Targets::new))));

  private Prove() {}

  public static void main(String[] arguments) throws Exception {
    Offer offer = arguments.length == 0 ? null : OFFERS.get(arguments[0]);
    boolean numbered = arguments.length == 2 && arguments[1].matches("[1-9]\\d{0,5}");
    if (offer == null || arguments.length > 1 && (offer.unit == null || !numbered)) {
      System.err.println("usage: scripts/prove <name>, the name being one of");
      OFFERS.forEach((name, each) -> System.err.println("  " + each.usage(name)));
      System.exit(2);
      return;
    }
    int number = numbered ? Integer.parseInt(arguments[1]) : offer.usual;
    boolean holds = offer.proof.apply(number).holds();
    System.out.println(holds ? "holds" : "DOES NOT HOLD");
    System.exit(holds ? 0 : 1);
  }
}
