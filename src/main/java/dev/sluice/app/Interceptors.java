package dev.sluice.app;

import dev.sluice.call.Call;
import dev.sluice.call.Reply;
import dev.sluice.contract.Operation;
import dev.sluice.observe.Metrics;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/** The interceptors of a gateway, in the order of its configuration; a reload swaps them. */
public final class Interceptors {
  private final Vertx vertx;
  private final Metrics metrics;
  private final Set<Isolated> open = ConcurrentHashMap.newKeySet();
  private volatile List<Isolated> listed = List.of();
  private volatile Map<String, List<Isolated>> byOperation; // null where none is listed

  public Interceptors(Vertx vertx, Metrics metrics) {
    this.vertx = vertx;
    this.metrics = metrics;
  }

  /** An entry of the configuration, and what it names. */
  public record Listed(InterceptorSettings settings, Interceptor interceptor) {}

  /** Whether calls to an operation pass any; the one thing that others ever pay for. */
  public boolean see(String operation) {
    Map<String, List<Isolated>> those = byOperation;
    return those != null && those.containsKey(operation);
  }

  /** Has a call answered by those that see its operation, and behind them by {@code rest}. */
  Future<Reply> answer(Operation operation, Call call, Function<Call, Future<Reply>> rest) {
    Map<String, List<Isolated>> those = byOperation;
    List<Isolated> chain = those == null ? null : those.get(operation.id());
    return chain == null ? rest.apply(call) : around(chain, operation, call, rest);
  }

  private static Future<Reply> around(
      List<Isolated> chain, Operation operation, Call call, Function<Call, Future<Reply>> rest) {
    if (chain.isEmpty()) return rest.apply(call);
    List<Isolated> inner = chain.subList(1, chain.size());
    return chain.get(0).answer(operation, call, asked -> around(inner, operation, asked, rest));
  }

  /**
   * Makes others ready to take the place of these; those whose entry stays as it is stay open.
   * Fails with the reason, for a person, where one cannot be opened.
   *
   * @param operations all that there will be
   */
  public Future<Prepared> prepare(List<Listed> entries, Collection<Operation> operations) {
    List<Isolated> kept = new ArrayList<>(listed);
    List<Isolated> next = new ArrayList<>();
    List<Isolated> added = new ArrayList<>();
    Future<?> opened = Future.succeededFuture();
    for (Listed entry : entries) {
      Isolated known =
          kept.stream().filter(i -> i.settings().equals(entry.settings())).findFirst().orElse(null);
      if (known == null) {
        Isolated one = new Isolated(vertx, metrics, entry);
        added.add(one);
        next.add(one);
        opened = opened.compose(before -> one.open());
      } else {
        kept.remove(known);
        next.add(known);
      }
    }
    Prepared prepared = new Prepared(List.copyOf(next), added, kept, byOperation(next, operations));
    return opened.onFailure(e -> prepared.drop()).map(prepared);
  }

  private static Map<String, List<Isolated>> byOperation(
      List<Isolated> those, Collection<Operation> operations) {
    Map<String, List<Isolated>> all = new HashMap<>();
    for (Operation operation : operations) {
      List<Isolated> seeing = those.stream().filter(i -> i.sees(operation.id())).toList();
      if (!seeing.isEmpty()) all.put(operation.id(), seeing);
    }
    return all.isEmpty() ? null : all;
  }

  /** Closes all there are, at the end. */
  public Future<Void> close() {
    byOperation = null;
    return close(List.copyOf(open));
  }

  private Future<Void> close(Collection<Isolated> those) {
    return Future.join(those.stream().filter(open::remove).map(Isolated::close).toList())
        .transform(done -> Future.succeededFuture());
  }

  /** Others, ready for use. */
  public final class Prepared {
    private final List<Isolated> next;
    private final List<Isolated> added;
    private final List<Isolated> leaving;
    private final Map<String, List<Isolated>> chains;
    private final List<Isolated> before = listed;
    private final Map<String, List<Isolated>> chainsBefore = byOperation;

    private Prepared(
        List<Isolated> next,
        List<Isolated> added,
        List<Isolated> leaving,
        Map<String, List<Isolated>> chains) {
      this.next = next;
      this.added = added;
      this.leaving = leaving;
      this.chains = chains;
      open.addAll(added);
    }

    /** The calls that begin from now on pass them. */
    public void use() {
      listed = next;
      byOperation = chains;
    }

    /** Those that are used no more have as long for the calls they have. */
    public void retire(Duration longest) {
      if (leaving.isEmpty()) return;
      vertx.setTimer(Math.max(1, longest.toMillis()), t -> Interceptors.this.close(leaving));
    }

    /** Those before go on. */
    public void drop() {
      listed = before;
      byOperation = chainsBefore;
      Interceptors.this.close(added);
    }
  }
}
