package dev.sluice.prove;

import static dev.sluice.prove.Figures.say;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What the gateway adds to a request at a rate that leaves it time: hits, and those passed on. */
final class Latency implements Prove.Proof {
  private static final int PER_SECOND = 1000;
  private static final int WARM_PER_SECOND = 3000;
  private static final int WARM_SECONDS = 8;
  private static final int ROUNDS = 3;
  private static final String DIRECT = "straight to the origin";

  private final int seconds;

  Latency(int seconds) {
    this.seconds = seconds;
  }

  @Override
  public boolean holds() throws Exception {
    Map<String, Pace> paces = new LinkedHashMap<>();
    try (Origin origin = new Origin();
        Subject gateway = new Subject(Memory.settings(), yaml(origin))) {
      int port = gateway.port();
      paces.put(DIRECT, new Pace(origin.port(), "/bytes/1/3311"));
      paces.put("hit of an operation", new Pace(port, "/clips?channel=ninja&limit=5"));
      paces.put("hit of cache: http", new Pace(port, "/oc/lasting/1/3311"));
      paces.put("passed on", new Pace(port, "/o/bytes/1/3311"));
      for (Pace pace : paces.values()) pace.run("warm", WARM_PER_SECOND, WARM_SECONDS);
      Map<String, List<Figures>> rounds = new LinkedHashMap<>();
      for (int round = 0; round < ROUNDS; round++) {
        for (Map.Entry<String, Pace> each : paces.entrySet()) {
          Figures figures = each.getValue().run(each.getKey(), PER_SECOND, seconds);
          figures.print();
          rounds.computeIfAbsent(each.getKey(), k -> new ArrayList<>()).add(figures);
        }
      }
      say("%d requests/s, medians of %d rounds of %d s", PER_SECOND, ROUNDS, seconds);
      return adds(rounds, "hit of an operation", 1)
          & adds(rounds, "hit of cache: http", 1)
          & adds(rounds, "passed on", 5);
    } finally {
      for (Pace pace : paces.values()) pace.close();
    }
  }

  private static String yaml(Origin origin) {
    return """
        version: 1
        server: { idleTimeout: 30m, headerTimeout: 30m }
        upstreams: { origin: { url: "http://127.0.0.1:%d" } }
        routes:
          - { path: "/o/**", upstream: origin, stripPrefix: /o }
          - { path: "/oc/**", upstream: origin, stripPrefix: /oc, cache: http }
        """
        .formatted(origin.port());
  }

  private static boolean adds(Map<String, List<Figures>> rounds, String what, double promised) {
    double[] added = new double[3];
    double[] shares = {0.5, 0.9, 0.99};
    for (int i = 0; i < shares.length; i++) {
      added[i] = millis(rounds.get(what), shares[i]) - millis(rounds.get(DIRECT), shares[i]);
    }
    Object[] values = {what, added[0], added[1], added[2], promised};
    say("%-22s adds p50 %6.3f ms   p90 %6.3f ms   p99 %6.3f ms   promised p99 < %.0f ms", values);
    return added[2] < promised;
  }

  private static double millis(List<Figures> rounds, double share) {
    return Figures.median(rounds.stream().mapToDouble(each -> each.millis(share)).toArray());
  }
}
