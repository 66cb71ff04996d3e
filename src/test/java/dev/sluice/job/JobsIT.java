package dev.sluice.job;

import static dev.sluice.harness.RunningGateway.await;
import static dev.sluice.harness.RunningGateway.error;
import static dev.sluice.job.Asked.note;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.Settings;
import dev.sluice.bus.Event;
import dev.sluice.call.Call;
import dev.sluice.call.Failure;
import dev.sluice.harness.Ledger;
import dev.sluice.harness.RunningGateway;
import dev.sluice.harness.Sql;
import dev.sluice.identity.Person;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.client.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Work that waits: what callers and administrators see of it. */
class JobsIT {
  private static final int PER_CALLER = 30;
  private static final Ledger ledger = new Ledger();
  private static final List<Event> events = new CopyOnWriteArrayList<>();
  private static RunningGateway gateway;
  private static Sql sql;
  private static String admin;
  private final Asked asked = new Asked(gateway, UUID.randomUUID().toString());

  @BeforeAll
  static void start() {
    Map<String, String> settings =
        Map.of(
            "SLUICE_APPS", "identity,traffic,notebook,ledger",
            "SLUICE_SERVER_TRUSTEDPROXIES", "127.0.0.1",
            "SLUICE_LIMITS_LOGIN_IP_REQUESTS", "100000",
            "SLUICE_IDENTITY_CODES_PERIP", "10000",
            "SLUICE_JOBS_ATTEMPTS", "3",
            "SLUICE_JOBS_DELAY", "10ms",
            "SLUICE_JOBS_PERCALLER", Integer.toString(PER_CALLER));
    gateway =
        new RunningGateway(settings, "identity: { admins: [root@example.com] }\n", List.of(ledger));
    sql = Sql.of(gateway);
    Event.TOPIC.listen(gateway.gateway().vertx(), events::add);
    admin = "Bearer " + Person.signedIn(gateway, "root@example.com").accessToken;
  }

  @AfterAll
  static void stop() {
    sql.close();
    gateway.close();
  }

  @AfterEach
  void quiet() {
    ledger.before = call -> Future.succeededFuture();
  }

  private static String someone() {
    String email = UUID.randomUUID().toString().substring(0, 8) + "@example.com";
    return "Bearer " + Person.signedIn(gateway, email).accessToken;
  }

  /** Holds calls of this test up, the first of them only once. */
  private Promise<Void> gate() {
    Promise<Void> gate = Promise.promise();
    ledger.before = mine(call -> gate.future());
    return gate;
  }

  private Function<Call, Future<Void>> mine(Function<Call, Future<Void>> then) {
    return call ->
        call.params().text("account").equals(asked.account())
            ? then.apply(call)
            : Future.succeededFuture();
  }

  @Test
  void aCallIsPutOffAndDone() {
    HttpResponse<Buffer> answer = asked.later("/ledger/later", note("a"));
    assertEquals(202, answer.statusCode());
    assertEquals("respond-async", answer.getHeader("preference-applied"));
    String location = answer.getHeader("location");
    assertEquals("/jobs/" + answer.bodyAsJsonObject().getString("id"), location);
    assertEquals("waiting", answer.bodyAsJsonObject().getString("state"));
    JsonObject done = asked.until(location, "succeeded");
    assertEquals("addLater", done.getString("operation"));
    assertEquals(1, done.getInteger("tries"));
    assertEquals(200, done.getJsonArray("attempts").getJsonObject(0).getInteger("status"));
    JsonObject result = done.getJsonObject("result");
    assertEquals(200, result.getInteger("status"));
    assertEquals("a", result.getJsonObject("body").getString("note"));
    assertEquals(
        result.getJsonObject("body").getInteger("id").toString(),
        result.getJsonObject("headers").getString("x-entry"));
    assertEquals(List.of("a"), asked.notes());
    String id = location.substring(6);
    gateway.until("it is told", () -> events.stream().anyMatch(e -> id.equals(e.data().get("id"))));
    Event told = events.stream().filter(e -> id.equals(e.data().get("id"))).findFirst().get();
    assertEquals("job.succeeded", told.type());
    assertNull(told.owner());
    gateway.until(
        "noted",
        () -> sql.rows("SELECT 1 FROM traffic.jobs WHERE id = ?::uuid AND told", id).size() == 1);
    assertTrue(
        gateway
            .get("/metrics")
            .bodyAsString()
            .contains("jobs_ended_total{operation=\"addLater\",state=\"succeeded\"}"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"wait=10", "respond-sync", "x=\"respond-async\"", ""})
  void whoDoesNotWishItIsAnsweredAtOnce(String prefer) {
    HttpResponse<Buffer> answer =
        gateway.send(
            HttpMethod.POST,
            "/ledger/later?account=" + asked.account(),
            note("a").toBuffer(),
            "Content-Type",
            "application/json",
            "Prefer",
            prefer);
    assertEquals(200, answer.statusCode());
    assertNull(answer.getHeader("preference-applied"));
  }

  @Test
  void whatCannotBePutOffIsDoneAtOnceAndWhatIsWrongRefused() {
    HttpResponse<Buffer> now = asked.later("/ledger", note("a"));
    assertEquals(200, now.statusCode());
    assertNull(now.getHeader("preference-applied"));
    assertEquals(400, asked.later("/ledger/later", new JsonObject()).statusCode());
    assertEquals(
        401, asked.later("/ledger/later", note("a"), "Authorization", "Bearer x").statusCode());
    assertEquals(0, sql.rows("SELECT 1 FROM traffic.jobs WHERE payload IS NULL").size());
    assertEquals(List.of("a"), asked.notes());
  }

  @Test
  void withAKeyItIsPutOffOnce() {
    String[] key = {"Idempotency-Key", UUID.randomUUID().toString()};
    HttpResponse<Buffer> first = asked.later("/ledger/later", note("a"), key);
    HttpResponse<Buffer> again = asked.later("/ledger/later", note("a"), key);
    assertEquals(202, again.statusCode());
    assertEquals("true", again.getHeader("idempotent-replayed"));
    assertEquals(first.getHeader("location"), again.getHeader("location"));
    assertEquals(422, asked.later("/ledger/later", note("b"), key).statusCode());
    asked.until(first.getHeader("location"), "succeeded");
    assertEquals(List.of("a"), asked.notes());
  }

  @Test
  void whatMayEndBetterIsTriedAgain() {
    AtomicInteger runs = new AtomicInteger();
    ledger.before =
        mine(
            call ->
                runs.incrementAndGet() < 3
                    ? Future.failedFuture(Failure.unavailable("BUSY", "Come again."))
                    : Future.succeededFuture());
    JsonObject done = asked.until(asked.job("/ledger/later", note("a")), "succeeded");
    assertEquals(3, done.getInteger("tries"));
    assertEquals(
        List.of("BUSY", "BUSY"),
        done.getJsonArray("attempts").stream()
            .map(a -> ((JsonObject) a).getString("code"))
            .limit(2)
            .toList());
    assertEquals(List.of("a"), asked.notes());
  }

  @Test
  void whatIsRefusedFailsAtOnce() {
    JsonObject failed = asked.until(asked.job("/ledger/later", note("a", "refused")), "failed");
    assertEquals(1, failed.getInteger("tries"));
    JsonObject error = failed.getJsonObject("result").getJsonObject("error");
    assertEquals("NO_MONEY", error.getString("code"));
    assertEquals(3, error.getJsonObject("details").getInteger("balance"));
    assertEquals(List.of(), asked.notes());
  }

  @Test
  void whatIsGivenUpIsADeadLetterThatAnAdministratorReplays() {
    ledger.before = mine(call -> Future.failedFuture(Failure.unavailable("BUSY", "Come again.")));
    String job = asked.job("/ledger/later", note("a"));
    JsonObject dead = asked.until(job, "dead");
    assertEquals(3, dead.getInteger("tries"));
    assertEquals(503, dead.getJsonObject("result").getInteger("status"));
    String replay = job + "/replay";
    assertEquals(401, gateway.send(HttpMethod.POST, replay, null).statusCode());
    assertEquals(
        403, gateway.send(HttpMethod.POST, replay, null, "Authorization", someone()).statusCode());
    JsonArray letters =
        gateway
            .get("/admin/jobs?state=dead&operation=addLater", "Authorization", admin)
            .bodyAsJsonObject()
            .getJsonArray("jobs");
    assertTrue(letters.stream().anyMatch(j -> job.endsWith(((JsonObject) j).getString("id"))));
    quiet();
    HttpResponse<Buffer> again =
        gateway.send(HttpMethod.POST, replay, null, "Authorization", admin);
    assertEquals(202, again.statusCode(), again.bodyAsString());
    JsonObject done = asked.until(job, "succeeded");
    assertEquals(1, done.getInteger("tries"));
    assertEquals(4, done.getJsonArray("attempts").size());
    assertEquals(List.of("a"), asked.notes());
    HttpResponse<Buffer> twice =
        gateway.send(HttpMethod.POST, replay, null, "Authorization", admin);
    assertEquals(409, twice.statusCode());
    assertEquals("JOB_NOT_ENDED", error(twice).getString("code"));
  }

  @Test
  void thoseOfOneCallerAreDoneInOrder() {
    String who = someone();
    AtomicInteger runs = new AtomicInteger();
    ledger.before =
        mine(
            call ->
                runs.incrementAndGet() % 3 == 1
                    ? Future.failedFuture(Failure.unavailable("BUSY", "Come again."))
                    : Future.succeededFuture());
    List<String> expected = new ArrayList<>();
    String last = null;
    for (int i = 0; i < 20; i++) {
      expected.add("n" + i);
      last = asked.job("/ledger/ordered", note("n" + i), "Authorization", who);
    }
    asked.until(last, "succeeded", "Authorization", who);
    assertEquals(expected, asked.notes());
  }

  @Test
  void whoWaitsBehindOthersSeesItAndCanBeCancelled() {
    String[] from = {"X-Forwarded-For", "192.0.2.50"};
    Promise<Void> gate = gate();
    String first = asked.job("/ledger/ordered", note("a"), from);
    String second = asked.job("/ledger/ordered", note("b"), from);
    String third = asked.job("/ledger/ordered", note("c"), from);
    assertTrue(asked.look(second).getBoolean("behindOthers"));
    asked.until(first, "running");
    HttpResponse<Buffer> cancelled = gateway.send(HttpMethod.DELETE, second, null);
    assertEquals(200, cancelled.statusCode());
    assertEquals("cancelled", cancelled.bodyAsJsonObject().getString("state"));
    gate.complete();
    asked.until(third, "succeeded");
    assertEquals(List.of("a", "c"), asked.notes());
    assertEquals(204, gateway.send(HttpMethod.DELETE, second, null).statusCode());
    assertEquals(404, gateway.get(second).statusCode());
    assertEquals(404, gateway.send(HttpMethod.DELETE, second, null).statusCode());
  }

  /** Each lets the next go, and locks what that one has locked. */
  @Test
  void manyOfOneOrderCanBeCancelledAtOnce() {
    Promise<Void> gate = gate();
    String first = asked.job("/ledger/ordered", note("a"));
    List<String> behind =
        IntStream.range(0, PER_CALLER - 1)
            .mapToObj(i -> asked.job("/ledger/ordered", note("b" + i)))
            .toList();
    asked.until(first, "running");
    List<Integer> answers =
        behind.parallelStream()
            .map(job -> gateway.send(HttpMethod.DELETE, job, null).statusCode())
            .toList();
    assertEquals(Set.of(200), Set.copyOf(answers));
    gate.complete();
    asked.until(first, "succeeded");
    assertEquals(List.of("a"), asked.notes());
  }

  @Test
  void oneThatRunsIsStoppedAndHasNoEffectAnyMore() {
    Promise<Void> gate = gate();
    String job = asked.job("/ledger/later", note("a"));
    asked.until(job, "running");
    HttpResponse<Buffer> stopped = gateway.send(HttpMethod.DELETE, job, null);
    assertEquals(202, stopped.statusCode(), stopped.bodyAsString());
    asked.until(job, "cancelled");
    gate.complete();
    String after = asked.job("/ledger/later", note("b"));
    asked.until(after, "succeeded");
    assertEquals(List.of("b"), asked.notes());
  }

  @Test
  void whatHasTakenItsProcessWithItEachTimeIsGivenUp() {
    String[] from = {"X-Forwarded-For", "192.0.2.60"};
    Promise<Void> gate = gate();
    asked.job("/ledger/ordered", note("a"), from);
    String second = asked.job("/ledger/ordered", note("b"), from);
    String id = second.substring(6);
    sql.update("UPDATE traffic.jobs SET attempts = 3 WHERE id = ?::uuid", id);
    gate.complete();
    JsonObject dead = asked.until(second, "dead");
    assertEquals("LOST", dead.getJsonObject("result").getJsonObject("error").getString("code"));
    assertEquals(List.of("a"), asked.notes());
  }

  @Test
  void aRunThatItsNodeHasForgottenIsTakenOverOnceItsLeaseIsUp() {
    Promise<Void> gate = Promise.promise();
    AtomicInteger runs = new AtomicInteger();
    ledger.before =
        mine(call -> runs.incrementAndGet() == 1 ? gate.future() : Future.succeededFuture());
    String job = asked.job("/ledger/later", note("a"));
    gateway.until("it runs", () -> runs.get() == 1);
    // as if another had it, which does not renew it
    sql.update(
        "UPDATE traffic.jobs SET owner = gen_random_uuid(), leased_until = now() WHERE id = ?::uuid",
        job.substring(6));
    JsonObject done = asked.until(job, "succeeded");
    assertEquals(2, done.getInteger("tries"));
    gate.complete();
    asked.until(asked.job("/ledger/later", note("b")), "succeeded");
    assertEquals(List.of("a", "b"), asked.notes(), "the first run had no effect any more");
  }

  @Test
  void whatHasEndedLongAgoIsRemoved() {
    String job = asked.job("/ledger/later", note("a"));
    asked.until(job, "succeeded");
    String told = "SELECT 1 FROM traffic.jobs WHERE id = ?::uuid AND told";
    gateway.until("noted", () -> sql.rows(told, job.substring(6)).size() == 1);
    sql.rows("SELECT traffic.sweep_jobs(interval '1 hour', 5000)");
    assertEquals(200, gateway.get(job).statusCode());
    sql.rows("SELECT traffic.sweep_jobs(interval '0', 5000)");
    assertEquals(404, gateway.get(job).statusCode());
  }

  @Test
  void aJobIsItsCallersAlone() {
    String ada = someone();
    String job = asked.job("/ledger/later", note("a"), "Authorization", ada);
    asked.until(job, "succeeded", "Authorization", ada);
    for (String[] other : new String[][] {{}, {"Authorization", someone()}}) {
      assertEquals(404, gateway.get(job, other).statusCode());
      assertEquals(404, gateway.send(HttpMethod.DELETE, job, null, other).statusCode());
    }
    assertEquals(200, gateway.get(job, "Authorization", admin).statusCode());
    assertEquals(401, gateway.get("/jobs").statusCode());
    assertEquals(403, gateway.get("/admin/jobs", "Authorization", ada).statusCode());
    assertEquals(404, gateway.get("/jobs/nothing").statusCode());
    assertEquals(404, gateway.get("/jobs/" + UUID.randomUUID()).statusCode());
  }

  @Test
  void theListHasPages() {
    String ada = someone();
    List<String> jobs = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      String job = asked.job("/ledger/later", note("a"), "Authorization", ada);
      jobs.add(0, job.substring(6));
      asked.until(job, "succeeded", "Authorization", ada);
    }
    List<String> seen = new ArrayList<>();
    String more = "";
    do {
      JsonObject page =
          gateway.get("/jobs?limit=2" + more, "Authorization", ada).bodyAsJsonObject();
      page.getJsonArray("jobs").forEach(j -> seen.add(((JsonObject) j).getString("id")));
      more = page.containsKey("nextCursor") ? "&cursor=" + page.getString("nextCursor") : null;
    } while (more != null);
    assertEquals(jobs, seen);
    JsonObject none = gateway.get("/jobs?state=dead", "Authorization", ada).bodyAsJsonObject();
    assertEquals(0, none.getJsonArray("jobs").size());
    for (String bad : List.of("cursor=x", "state=late", "limit=0")) {
      assertEquals(400, gateway.get("/jobs?" + bad, "Authorization", ada).statusCode(), bad);
    }
  }

  @Test
  void oneCallerDoesNotFillTheQueue() {
    String[] from = {"X-Forwarded-For", "192.0.2.99"};
    Promise<Void> gate = gate();
    List<String> jobs = new ArrayList<>();
    for (int i = 0; i < PER_CALLER; i++) {
      jobs.add(asked.job("/ledger/ordered", note("a"), from));
    }
    HttpResponse<Buffer> full = asked.later("/ledger/later", note("b"), from);
    assertEquals(429, full.statusCode());
    assertEquals("QUEUE_FULL", error(full).getString("code"));
    assertEquals("10", full.getHeader("retry-after"));
    String other = asked.job("/ledger/later", note("c"), "X-Forwarded-For", "192.0.2.98");
    gate.complete();
    asked.until(other, "succeeded");
    asked.until(jobs.get(PER_CALLER - 1), "succeeded");
    assertEquals(202, asked.later("/ledger/later", note("d"), from).statusCode());
  }

  @Test
  void whoMayNotDoItAnyMoreHasItFail() {
    Person ada = Person.signedIn(gateway, UUID.randomUUID() + "@example.com");
    String[] bearer = {"Authorization", "Bearer " + ada.accessToken};
    Promise<Void> gate = gate();
    String first = asked.job("/ledger/ordered", note("a"), bearer);
    String second = asked.job("/ledger/ordered", note("b"), bearer);
    String[] root = {"Authorization", admin};
    asked.until(first, "running", root);
    UUID user = UUID.fromString(ada.user.getString("id"));
    sql.update("UPDATE users SET is_active = false WHERE id = ?", user);
    gateway.until("nodes know", () -> gateway.get("/jobs", bearer).statusCode() == 403);
    gate.complete();
    JsonObject failed = asked.until(second, "failed", root);
    assertEquals(403, failed.getJsonObject("result").getInteger("status"));
    assertEquals(
        "ACCOUNT_DISABLED",
        failed.getJsonObject("result").getJsonObject("error").getString("code"));
    assertEquals(List.of("a"), asked.notes());
  }

  @Test
  void whoIsForgottenLeavesNoJobs() {
    Person ada = Person.signedIn(gateway, UUID.randomUUID() + "@example.com");
    String[] bearer = {"Authorization", "Bearer " + ada.accessToken};
    Promise<Void> gate = gate();
    String running = asked.job("/ledger/ordered", note("a"), bearer);
    asked.job("/ledger/ordered", note("b"), bearer);
    asked.until(running, "running", bearer);
    HttpResponse<Buffer> gone = ada.send(HttpMethod.DELETE, "/users/me", null);
    assertEquals(200, gone.statusCode(), gone.bodyAsString());
    assertTrue(gone.bodyAsString().contains("\"jobs\":2"), gone.bodyAsString());
    gate.complete();
    asked.until(asked.job("/ledger/later", note("c")), "succeeded");
    assertEquals(List.of("c"), asked.notes());
  }

  @Test
  void whatVanishedIsLaidAsideUntilItIsBack() {
    AtomicInteger runs = new AtomicInteger();
    ledger.before =
        mine(
            call ->
                runs.incrementAndGet() == 1
                    ? Future.failedFuture(
                        Failure.unavailable("BUSY", "Later.").retryAfter(Duration.ofHours(1)))
                    : Future.succeededFuture());
    String job = asked.job("/ledger/later", note("a"));
    gateway.until("it was tried", () -> asked.look(job).getInteger("tries") == 1);
    reload("identity,traffic,notebook");
    sql.update("UPDATE traffic.jobs SET due_at = now() WHERE id = ?::uuid", job.substring(6));
    JsonObject dead = asked.until(job, "dead");
    assertEquals(
        "OPERATION_GONE", dead.getJsonObject("result").getJsonObject("error").getString("code"));
    reload("identity,traffic,notebook,ledger");
    gateway.send(HttpMethod.POST, job + "/replay", null, "Authorization", admin);
    asked.until(job, "succeeded");
    assertEquals(List.of("a"), asked.notes());
  }

  private static void reload(String apps) {
    Map<String, String> environment = new HashMap<>(gateway.environment());
    environment.put("SLUICE_APPS", apps);
    Settings settings = Settings.load(gateway.file(), environment, Map.of());
    await(gateway.gateway().reload(settings, gateway.mounts(settings), Set.of()));
  }
}
