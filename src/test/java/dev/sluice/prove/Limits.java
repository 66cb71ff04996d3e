package dev.sluice.prove;

import static dev.sluice.harness.RunningGateway.await;
import static dev.sluice.prove.Figures.say;

import dev.sluice.guard.limit.Cost;
import dev.sluice.harness.RunningGateway;
import dev.sluice.harness.Sql;
import dev.sluice.harness.ToyTarget;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.client.HttpResponse;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;

/**
 * Bursts of 50 clients against a limit, on one node and on two that share a Redis: how much of it
 * is admitted; what calls notice when that Redis is frozen (SIGSTOP) in mid-run; and what a limit
 * costs on the fast lane.
 */
final class Limits implements Prove.Proof {
  private static final int CALLS = 20_000;
  private static final int CLIENTS = 50;
  private static final int LIMIT = 200;
  private static final int TOGETHER = 64;
  private static final int A_SECOND = 500;
  private static final String YAML =
      """
      server: { trustedProxies: [127.0.0.1] }
      limits:
        tight: { ip: { requests: 3, window: 1h } }
        burst: { ip: { requests: %d, window: 10m } }
        busy: { ip: { requests: 3000, window: 1m } }
      upstreams: { api: { url: "%s" } }
      routes:
        - { path: "/burst/**", upstream: api, limit: burst }
        - { path: "/busy/**", upstream: api, limit: busy }
      """;

  private RunningGateway one;
  private RunningGateway two;
  private boolean holds = true;

  @Override
  public boolean holds() throws Exception {
    Vertx vertx = Vertx.vertx();
    String yaml = YAML.formatted(LIMIT, new ToyTarget(vertx, "api").url());
    Map<String, String> settings = new HashMap<>();
    one = new RunningGateway(settings, yaml);
    settings.putAll(Sql.stores(one));
    two = new RunningGateway(settings, yaml);
    one.until("they know of each other", () -> one.metric("limit_nodes") == 2);
    two.until("they know of each other", () -> two.metric("limit_nodes") == 2);
    bursts(List.of(one), 1);
    bursts(List.of(one, two), 2);
    freeze();
    two.close();
    one.close();
    vertx.close();
    cost();
    return holds;
  }

  private void bursts(List<RunningGateway> nodes, int net) {
    double before = away();
    Map<String, Integer> admitted = admitted(nodes, CALLS, net);
    int least = admitted.values().stream().mapToInt(i -> i).min().orElse(0);
    int most = admitted.values().stream().mapToInt(i -> i).max().orElse(0);
    say(
        "%d node(s): %d calls of %d clients, limit %d: %d to %d admitted of each, %.1f %% in all;"
            + " Redis was late %.0f times",
        nodes.size(),
        CALLS,
        CLIENTS,
        LIMIT,
        least,
        most,
        100.0 * admitted.values().stream().mapToInt(i -> i).sum() / (CLIENTS * LIMIT),
        away() - before);
    holds &= admitted.size() == CLIENTS && least >= 0.95 * LIMIT && most <= LIMIT;
  }

  private double away() {
    String name = "limit_questions_total{outcome=\"away\"}";
    return one.metric(name) + two.metric(name);
  }

  /** By client. */
  private static Map<String, Integer> admitted(List<RunningGateway> nodes, int calls, int net) {
    Map<String, Integer> admitted = new TreeMap<>();
    for (int from = 0; from < calls; from += TOGETHER) {
      List<Future<HttpResponse<Buffer>>> some = new ArrayList<>();
      for (int i = from; i < Math.min(calls, from + TOGETHER); i++) {
        some.add(call(nodes.get(i / 7 % nodes.size()), client(net, i), "/burst/x"));
      }
      for (int i = 0; i < some.size(); i++) {
        if (await(some.get(i)).statusCode() != 200) continue;
        admitted.merge(client(net, from + i), 1, Integer::sum);
      }
    }
    return admitted;
  }

  private static String client(int net, int i) {
    return "10." + net + ".0." + i % CLIENTS;
  }

  private void freeze() throws Exception {
    Figures before = new Figures("before, both nodes");
    Figures first = new Figures("in the first second of the freeze");
    Figures then = new Figures("in the three seconds after that");
    pace(2, new Figures("warm"));
    pace(4, before);
    long redis = one.redis().pid();
    kill("-STOP", redis);
    pace(1, first);
    pace(3, then);
    List.of(before, first, then).forEach(Figures::print);
    Map<String, Integer> ofOne = admitted(List.of(one), CALLS / 4, 9);
    Map<String, Integer> ofTwo = admitted(List.of(two), CALLS / 4, 9);
    kill("-CONT", redis);
    int mostOfOne = ofOne.values().stream().mapToInt(i -> i).max().orElse(0);
    int mostOfTwo = ofTwo.values().stream().mapToInt(i -> i).max().orElse(0);
    say("while it is frozen: at most %d and %d of a limit of %d", mostOfOne, mostOfTwo, LIMIT);
    double added = first.millis(0.99) - before.millis(0.99);
    double after = then.millis(0.99) - before.millis(0.99);
    say("added p99: %.2f ms in the first second, %.2f ms after it", added, after);
    holds &= added < 25 && after < 5 && mostOfOne <= LIMIT / 2 && mostOfTwo <= LIMIT / 2;
  }

  private void cost() {
    double[] deciles = Cost.deciles();
    say(
        "on the fast lane a limit costs %.0f ns (80 %% of the rounds: %.0f to %.0f)",
        deciles[4], deciles[0], deciles[8]);
    holds &= deciles[4] < 500;
  }

  private void pace(int seconds, Figures figures) {
    long began = System.nanoTime();
    List<Future<HttpResponse<Buffer>>> all = new ArrayList<>();
    for (int i = 0; i < seconds * A_SECOND; i++) {
      long due = began + i * 1_000_000_000L / A_SECOND;
      LockSupport.parkNanos(due - System.nanoTime());
      long sent = System.nanoTime();
      RunningGateway node = i / 3 % 2 == 0 ? one : two;
      all.add(
          call(node, client(3, i), "/busy/x")
              .onSuccess(answer -> figures.add(System.nanoTime() - sent)));
    }
    for (Future<HttpResponse<Buffer>> answer : all) {
      if (await(answer).statusCode() != 200) throw new AssertionError(answer.result().statusCode());
    }
  }

  private static void kill(String signal, long process) throws Exception {
    new ProcessBuilder("kill", signal, Long.toString(process)).start().waitFor();
  }

  private static Future<HttpResponse<Buffer>> call(RunningGateway node, String client, String uri) {
    return node.sendAsync(HttpMethod.GET, uri, null, "X-Forwarded-For", client);
  }
}
