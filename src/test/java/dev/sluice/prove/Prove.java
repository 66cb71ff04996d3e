package dev.sluice.prove;

import java.util.Map;
import java.util.TreeMap;

/** {@code scripts/prove <name>}: runs one proof; exit code 1 where a promise is not kept. */
public final class Prove {
  /** A proof prints its figures and says whether what was promised holds. */
  interface Proof {
    boolean holds() throws Exception;
  }

  private static final Map<String, Proof> PROOFS =
      new TreeMap<>(
          Map.of(
              "cold", new Cold(),
              "outage", new Outage(),
              "leave", new Leave(),
              "overload", new Overload(),
              "reload", new Reload(),
              "start", new Start(),
              "targets", new Targets()));

  private Prove() {}

  public static void main(String[] arguments) throws Exception {
    Proof proof = arguments.length == 1 ? PROOFS.get(arguments[0]) : null;
    if (proof == null) {
      System.err.println("usage: scripts/prove " + String.join(" | ", PROOFS.keySet()));
      System.exit(2);
    }
    boolean holds = proof.holds();
    System.out.println(holds ? "holds" : "DOES NOT HOLD");
    System.exit(holds ? 0 : 1);
  }
}
