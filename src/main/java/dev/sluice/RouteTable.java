package dev.sluice;

import dev.sluice.contract.CachePolicy;
import dev.sluice.contract.Contract;
import dev.sluice.contract.Operation;
import dev.sluice.contract.Relay;
import dev.sluice.http.forward.RouteSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Operations and routes as tables for a terminal. */
final class RouteTable {
  private static final List<String> TITLES =
      List.of(
          "METHOD",
          "PATH",
          "OPERATION",
          "APP",
          "AUTH",
          "LIMIT",
          "PRIORITY",
          "TIMEOUT",
          "CACHE",
          "UPSTREAM");

  private RouteTable() {}

  static String of(Contract contract) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(TITLES);
    contract.operations().forEach(operation -> rows.add(row(operation)));
    return table(rows);
  }

  /** The routes to upstreams, below a line that is left out. */
  static String of(List<RouteSettings> routes) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("ROUTE", "UPSTREAM", "STRIPS", "ADDS", "AUTH", "CACHE", "LIMIT"));
    for (RouteSettings r : routes) {
      rows.add(
          List.of(
              r.path(),
              r.upstream(),
              r.stripPrefix().isEmpty() ? "-" : r.stripPrefix(),
              r.addPrefix().isEmpty() ? "-" : r.addPrefix(),
              lower(r.auth()),
              lower(r.cache()),
              r.limit()));
    }
    return System.lineSeparator() + table(rows);
  }

  private static String table(List<List<String>> rows) {
    int[] widths = new int[rows.get(0).size()];
    for (List<String> row : rows) {
      for (int i = 0; i < widths.length; i++) widths[i] = Math.max(widths[i], row.get(i).length());
    }
    StringBuilder table = new StringBuilder();
    for (List<String> row : rows) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < widths.length; i++) {
        line.append(row.get(i)).append(" ".repeat(widths[i] - row.get(i).length() + 2));
      }
      table.append(line.toString().stripTrailing()).append(System.lineSeparator());
    }
    return table.toString();
  }

  private static List<String> row(Operation o) {
    return List.of(
        o.method(),
        o.path(),
        o.id(),
        o.app(),
        lower(o.policy().auth()),
        o.policy().limit(),
        lower(o.policy().priority()),
        text(o.policy().timeout()),
        cache(o.policy().cache()),
        upstream(o.relay()));
  }

  private static String upstream(Relay relay) {
    return relay == null ? "-" : relay.upstream() + " " + relay.method() + " " + relay.path();
  }

  private static String cache(CachePolicy cache) {
    if (cache == null) return "-";
    String age = cache.maxAge().equals(cache.ttl()) ? "" : "/" + text(cache.maxAge());
    return lower(cache.strategy()).replace('_', '-')
        + " "
        + text(cache.ttl())
        + age
        + (cache.isPublic() ? "" : " per user");
  }

  private static String lower(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }

  /** 24h rather than PT24H. */
  private static String text(Duration duration) {
    long millis = duration.toMillis();
    if (millis % 86_400_000 == 0) return millis / 86_400_000 + "d";
    if (millis % 3_600_000 == 0) return millis / 3_600_000 + "h";
    if (millis % 60_000 == 0) return millis / 60_000 + "m";
    return millis % 1000 == 0 ? millis / 1000 + "s" : millis + "ms";
  }
}
