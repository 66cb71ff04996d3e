package dev.sluice.prove;

import static dev.sluice.prove.Figures.say;

import dev.sluice.harness.Ledger;
import dev.sluice.harness.LedgerProcess;
import dev.sluice.harness.RunningGateway;
import dev.sluice.harness.Sql;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Jobs are put off, half of them to be done in order, and the process that does them is killed
 * three times: each has its effect once, none is lost, and order is kept.
 */
final class Jobs implements Prove.Proof {
  private static final int CALLERS = 20;
  private static final int KILLS = 3;
  private static final long HANG_SECONDS = 300;

  private final int jobs;
  private final Map<String, String> settings = new HashMap<>();
  private Sql sql;

  Jobs(int jobs) {
    this.jobs = Math.max(CALLERS, jobs / CALLERS * CALLERS);
    settings.put("SLUICE_SERVER_TRUSTEDPROXIES", "127.0.0.1");
    settings.put("SLUICE_SERVER_DRAINTIMEOUT", "200ms");
    settings.put("SLUICE_JOBS_PERCALLER", "1000000");
    settings.put("SLUICE_APPS", "notebook");
  }

  @Override
  public boolean holds() throws Exception {
    try (RunningGateway stores = new RunningGateway(settings, Ledger.ISSUER)) {
      sql = Sql.of(stores);
      putOff(stores);
      for (int kill = 0; kill <= KILLS; kill++) {
        int goal = kill == KILLS ? jobs : jobs * (kill + 1) / (KILLS + 1);
        int done = count("SELECT count(*) FROM traffic.jobs WHERE state = 'succeeded'");
        long began;
        try (LedgerProcess process = new LedgerProcess(stores)) {
          began = System.nanoTime();
          until(goal, process);
        }
        int now = count("SELECT count(*) FROM traffic.jobs WHERE state = 'succeeded'");
        double seconds = (System.nanoTime() - began) / 1e9;
        String end = kill == KILLS ? "all done" : "killed with kill -9";
        say("%6d jobs done, %4.0f a second; %s", now, (now - done) / seconds, end);
      }
      return isRight();
    } finally {
      if (sql != null) sql.close();
    }
  }

  /** At a node that does none of them. */
  private void putOff(RunningGateway stores) throws TimeoutException {
    Ledger idle = new Ledger();
    idle.before = call -> Promise.<Void>promise().future();
    settings.putAll(Sql.stores(stores));
    settings.put("SLUICE_APPS", "traffic,notebook,ledger");
    settings.put("SLUICE_JOBS_CONCURRENCY", "1");
    long began = System.nanoTime();
    try (RunningGateway node = new RunningGateway(settings, Ledger.ISSUER, List.of(idle))) {
      List<Future<Void>> callers = new ArrayList<>();
      for (int caller = 0; caller < CALLERS; caller++) callers.add(putOff(node, caller, 0));
      Future.all(callers).await(HANG_SECONDS, TimeUnit.SECONDS);
    }
    double seconds = (System.nanoTime() - began) / 1e9;
    say("%6d jobs put off by %d callers, %.0f a second", jobs, CALLERS, jobs / seconds);
  }

  /** One after another, every other to be done in order. */
  private Future<Void> putOff(RunningGateway node, int caller, int number) {
    if (number == jobs / CALLERS) return Future.succeededFuture();
    String path = number % 2 == 0 ? "/ledger/ordered" : "/ledger/later";
    JsonObject note = new JsonObject().put("note", Integer.toString(number));
    return node.sendAsync(
            HttpMethod.POST,
            path + "?account=" + caller,
            Buffer.buffer(note.encode()),
            "Content-Type",
            "application/json",
            "Prefer",
            "respond-async",
            "X-Forwarded-For",
            "192.0.2." + (caller + 1))
        .compose(
            answer ->
                answer.statusCode() == 202
                    ? putOff(node, caller, number + 1)
                    : Future.failedFuture(answer.bodyAsString()));
  }

  private void until(int goal, LedgerProcess process) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(HANG_SECONDS);
    while (count("SELECT count(*) FROM traffic.jobs WHERE state = 'succeeded'") < goal) {
      if (System.nanoTime() > end) {
        throw new AssertionError("stuck at port " + process.port() + ": " + states());
      }
      Thread.sleep(20);
    }
  }

  private boolean isRight() {
    int effects = count("SELECT count(*) FROM ledger.entry");
    int again = count("SELECT count(*) FROM traffic.jobs WHERE runs > 1");
    int disordered = 0;
    int twice = 0;
    for (int caller = 0; caller < CALLERS; caller++) {
      List<Integer> numbers =
          sql
              .rows("SELECT note FROM ledger.entry WHERE account = ? ORDER BY id", "" + caller)
              .stream()
              .map(Integer::valueOf)
              .toList();
      twice += numbers.size() - new HashSet<>(numbers).size();
      List<Integer> ordered = numbers.stream().filter(n -> n % 2 == 0).toList();
      for (int i = 1; i < ordered.size(); i++) {
        if (ordered.get(i) <= ordered.get(i - 1)) disordered++;
      }
    }
    say("jobs by state: %s; begun more than once: %d", states(), again);
    say(
        "%d effects: %d twice, %d lost, %d out of order",
        effects, twice, jobs - effects + twice, disordered);
    return effects == jobs && twice == 0 && disordered == 0;
  }

  private List<String> states() {
    return sql.rows("SELECT state, count(*) FROM traffic.jobs GROUP BY state");
  }

  private int count(String query) {
    return Integer.parseInt(sql.rows(query).get(0));
  }
}
