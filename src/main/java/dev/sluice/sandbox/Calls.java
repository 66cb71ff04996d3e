package dev.sluice.sandbox;

import io.vertx.core.http.HttpServerRequest;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Counts the calls that reach the providers. Lives on the sandbox's event loop. */
final class Calls {

  private static final int REMEMBERED = 100;

  private final Map<String, Tally> tallies = new LinkedHashMap<>();
  private final Deque<Call> recent = new ArrayDeque<>();

  /** What {@code GET /control/calls} answers; {@code recent} holds the last 100, oldest first. */
  record Report(long total, Map<String, ProviderReport> providers, List<Call> recent) {}

  /**
   * The calls of one provider.
   *
   * @param aborted calls whose client went away before it had the whole answer, per operation
   * @param maxConcurrent the most calls that were open at the same time
   */
  record ProviderReport(
      long total,
      int inFlight,
      int maxConcurrent,
      Map<String, Long> operations,
      Map<String, Long> aborted) {}

  private static final class Tally {
    final Map<String, Long> operations = new TreeMap<>();
    final Map<String, Long> aborted = new TreeMap<>();
    int inFlight;
    int maxConcurrent;

    void reset() {
      operations.replaceAll((name, count) -> 0L);
      aborted.replaceAll((name, count) -> 0L);
      maxConcurrent = inFlight;
    }

    ProviderReport report() {
      long total = operations.values().stream().mapToLong(Long::longValue).sum();
      return new ProviderReport(total, inFlight, maxConcurrent, operations, aborted);
    }
  }

  Calls(List<SimulatedProvider> providers) {
    for (SimulatedProvider provider : providers) {
      Tally tally = new Tally();
      provider.operations().forEach(operation -> tally.operations.put(operation.name(), 0L));
      tally.operations.put(Operation.UNKNOWN, 0L);
      tally.aborted.putAll(tally.operations);
      tallies.put(provider.name(), tally);
    }
  }

  Call begin(String provider, String operation, HttpServerRequest request) {
    Tally tally = tallies.get(provider);
    tally.operations.merge(operation, 1L, Long::sum);
    tally.inFlight++;
    tally.maxConcurrent = Math.max(tally.maxConcurrent, tally.inFlight);
    Call call =
        new Call(
            provider,
            operation,
            request.method().name(),
            request.uri(),
            request.version().alpnName());
    recent.addLast(call);
    if (recent.size() > REMEMBERED) {
      recent.removeFirst();
    }
    return call;
  }

  void end(Call call, Call.Outcome outcome) {
    if (!call.end(outcome)) {
      return;
    }
    Tally tally = tallies.get(call.provider());
    tally.inFlight--;
    if (outcome == Call.Outcome.ABORTED) {
      tally.aborted.merge(call.operation(), 1L, Long::sum);
    }
  }

  Report report() {
    Map<String, ProviderReport> providers = new LinkedHashMap<>();
    tallies.forEach((name, tally) -> providers.put(name, tally.report()));
    long total = providers.values().stream().mapToLong(ProviderReport::total).sum();
    return new Report(total, providers, List.copyOf(recent));
  }

  void reset() {
    recent.clear();
    tallies.values().forEach(Tally::reset);
  }
}
