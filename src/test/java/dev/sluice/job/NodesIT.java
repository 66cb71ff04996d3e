package dev.sluice.job;

import static dev.sluice.harness.RunningGateway.await;
import static dev.sluice.job.Asked.note;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.bus.Event;
import dev.sluice.harness.Await;
import dev.sluice.harness.Ledger;
import dev.sluice.harness.LedgerProcess;
import dev.sluice.harness.RunningGateway;
import dev.sluice.harness.Sql;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.client.HttpResponse;
import io.vertx.ext.web.client.WebClient;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Jobs of several nodes, of which some stop and some die. */
class NodesIT {
  private static final int CALLERS = 5;
  private static final int JOBS = 60; // a caller
  private static final int KILLS = 3;
  private static final int AHEAD = 25; // that a process may do until it is killed, however late
  private static final String FIRST =
      "SELECT min(number) FROM traffic.jobs WHERE state = 'waiting'";
  private static final String LET_GO =
      "UPDATE traffic.jobs SET due_at ="
          + " now() + CASE WHEN number < ? THEN interval '0' ELSE interval '1 day' END"
          + " WHERE state = 'waiting'";
  private static final Map<String, String> SETTINGS =
      Map.of(
          "SLUICE_SERVER_TRUSTEDPROXIES", "127.0.0.1",
          "SLUICE_SERVER_DRAINTIMEOUT", "200ms",
          "SLUICE_JOBS_LEASE", "3s", // a node that stands still for a moment is not dead
          "SLUICE_JOBS_DELAY", "10ms");
  private static RunningGateway stores; // does no jobs itself
  private static Sql sql;
  private final String account = UUID.randomUUID().toString();

  @BeforeAll
  static void start() {
    Map<String, String> settings = new HashMap<>(SETTINGS);
    settings.put("SLUICE_APPS", "notebook");
    stores = new RunningGateway(settings, Ledger.ISSUER);
    sql = Sql.of(stores);
  }

  @AfterAll
  static void stop() {
    sql.close();
    stores.close();
  }

  private static RunningGateway node(Ledger ledger, String... more) {
    Map<String, String> settings = new HashMap<>(SETTINGS);
    settings.putAll(Sql.stores(stores));
    settings.put("SLUICE_APPS", "traffic,notebook,ledger");
    for (int i = 0; i < more.length; i += 2) settings.put(more[i], more[i + 1]);
    return new RunningGateway(settings, Ledger.ISSUER, List.of(ledger));
  }

  private static List<String> notes(String account) {
    return sql.rows("SELECT note FROM ledger.entry WHERE account = ? ORDER BY id", account);
  }

  private static int succeeded() {
    return sql.rows("SELECT 1 FROM traffic.jobs WHERE state = 'succeeded'").size();
  }

  @Test
  void aNodeThatStopsLeavesItsJobsToOthersAtOnce() {
    Promise<Void> never = Promise.promise();
    Promise<Void> reached = Promise.promise();
    Ledger slow = new Ledger();
    slow.before =
        call -> {
          reached.tryComplete();
          return never.future();
        };
    RunningGateway first = node(slow, "SLUICE_JOBS_LEASE", "1h");
    String job = new Asked(first, account).job("/ledger/later", note("a"));
    await(reached.future());
    try (RunningGateway second = node(new Ledger())) {
      first.close();
      JsonObject done = new Asked(second, account).until(job, "succeeded");
      assertEquals(1, done.getInteger("tries"), "to be interrupted is no attempt");
      assertEquals("INTERRUPTED", done.getJsonArray("attempts").getJsonObject(0).getString("code"));
    }
    assertEquals(List.of("a"), notes(account));
  }

  @Test
  void whatADeadProcessHasDoneIsDoneAndWhatItHasNotIsDoneByAnother() throws IOException {
    String done;
    String stuck;
    try (LedgerProcess process = new LedgerProcess(stores)) {
      done = put(process, "/ledger/later", note("done", "silent"), "192.0.2.1");
      stuck = put(process, "/ledger/later", note("stuck", "stuck"), "192.0.2.1");
      Await.until("an effect", () -> notes(account).size() == 1);
      String running = "SELECT 1 FROM traffic.jobs WHERE id = ?::uuid AND state = 'running'";
      Await.until("a run", () -> sql.rows(running, stuck.substring(6)).size() == 1);
      process.kill();
    }
    List<Event> events = new CopyOnWriteArrayList<>();
    try (RunningGateway node = node(new Ledger())) {
      Event.TOPIC.listen(node.gateway().vertx(), events::add);
      Asked asked = new Asked(node, account);
      JsonObject first = asked.until(done, "succeeded");
      assertEquals("done", first.getJsonObject("result").getJsonObject("body").getString("note"));
      assertEquals(1, first.getInteger("tries"));
      JsonObject second = asked.until(stuck, "succeeded");
      assertEquals(2, second.getInteger("tries"));
      assertEquals("LOST", second.getJsonArray("attempts").getJsonObject(0).getString("code"));
      node.until("the end is told that the dead one could not tell", () -> hasTold(events, done));
    }
    assertEquals(List.of("done", "stuck"), notes(account));
  }

  private static boolean hasTold(List<Event> events, String job) {
    return events.stream().anyMatch(event -> job.endsWith((String) event.data().get("id")));
  }

  @Test
  void jobsAreDoneOnceAndInOrderHoweverOftenTheProcessDies() throws IOException {
    putAside();
    int first = Integer.parseInt(sql.rows(FIRST).get(0));
    int before = succeeded();
    int all = CALLERS * JOBS;
    for (int kill = 0; kill < KILLS; kill++) {
      int done = succeeded() - before;
      int more = done + (all - done) / (KILLS + 1 - kill);
      sql.update(LET_GO, first + more + AHEAD);
      try (LedgerProcess process = new LedgerProcess(stores)) {
        Await.until("some are done at " + process.port(), () -> succeeded() - before >= more);
      }
      assertTrue(succeeded() - before < all, "killed in the midst of it");
    }
    sql.update(LET_GO, first + all);
    try (LedgerProcess process = new LedgerProcess(stores)) {
      Await.until("all are done at " + process.port(), () -> succeeded() - before == all);
    }
    for (int caller = 0; caller < CALLERS; caller++) {
      String of = caller + " ";
      List<String> expected = IntStream.range(0, JOBS).mapToObj(i -> of + i).toList();
      assertEquals(expected, notes(account).stream().filter(n -> n.startsWith(of)).toList());
    }
    assertEquals(CALLERS * JOBS, notes(account).size());
  }

  /** Puts them all off at a node that does none of them, and ends it. */
  private void putAside() {
    Ledger idle = new Ledger();
    idle.before = call -> Promise.<Void>promise().future();
    try (RunningGateway node = node(idle, "SLUICE_JOBS_CONCURRENCY", "1")) {
      Asked asked = new Asked(node, account);
      for (int i = 0; i < JOBS; i++) {
        for (int caller = 0; caller < CALLERS; caller++) {
          String from = "192.0.2." + (10 + caller);
          asked.job("/ledger/ordered", note(caller + " " + i), "X-Forwarded-For", from);
        }
      }
    }
  }

  private String put(LedgerProcess process, String path, JsonObject body, String from) {
    HttpResponse<Buffer> answer =
        await(
            WebClient.create(stores.vertx())
                .post(process.port(), "127.0.0.1", path + "?account=" + account)
                .putHeader("Prefer", "respond-async")
                .putHeader("X-Forwarded-For", from)
                .sendJsonObject(body));
    assertEquals(202, answer.statusCode(), answer.bodyAsString());
    return answer.getHeader("location");
  }
}
