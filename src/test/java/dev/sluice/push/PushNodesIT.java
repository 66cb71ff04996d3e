package dev.sluice.push;

import static dev.sluice.harness.RunningGateway.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.Settings;
import dev.sluice.bus.Event;
import dev.sluice.call.Failure;
import dev.sluice.call.Ids;
import dev.sluice.harness.Await;
import dev.sluice.harness.DataTemplate;
import dev.sluice.harness.Scratch;
import dev.sluice.harness.ToyReceiver;
import dev.sluice.identity.Identity;
import dev.sluice.observe.Metrics;
import dev.sluice.outward.Standing;
import dev.sluice.store.Stores;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Pool;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Nodes of one database, and users who are live. */
class PushNodesIT {
  private static final Settings SETTINGS =
      Settings.load(
          null,
          Map.of(
              "SLUICE_PUSH_HTTP", "true",
              "SLUICE_PUSH_ALLOW", "127.0.0.0/8",
              "SLUICE_PUSH_PERMITS", "8",
              "SLUICE_PUSH_PERHOST", "4",
              "SLUICE_PUSH_DELAY", "50ms",
              "SLUICE_PUSH_SUBJECT", "https://example.com/contact"),
          Map.of());

  private static final Path DATA = Scratch.directory();
  private static final Vertx VERTX = Vertx.vertx();
  private static Stores stores;
  private static Pool pool;

  private final Set<String> live = ConcurrentHashMap.newKeySet();
  private ToyReceiver service;
  private Metrics metrics;
  private Pushes one;
  private Pushes other;

  @BeforeAll
  static void open() {
    DataTemplate.copyTo(DATA);
    stores = await(Stores.open(VERTX, SETTINGS.store(), DATA, (type, nanos, ok) -> {}));
    pool = stores.database().schema(Pushes.SCHEMA);
  }

  @AfterAll
  static void closeAll() {
    await(stores.close());
    await(VERTX.close());
    Scratch.delete(DATA);
  }

  @BeforeEach
  void start() {
    await(pool.query("DELETE FROM server_key").execute());
    await(pool.query("DELETE FROM subscriptions").execute());
    service = new ToyReceiver();
    service.answers = ToyReceiver.status(201);
    metrics = new Metrics();
    one = node(user -> Future.succeededFuture(live.contains(user)));
    other = node(user -> Future.succeededFuture(live.contains(user)));
  }

  @AfterEach
  void stop() {
    await(Future.join(one.close(), other.close()));
    service.close();
    metrics.close();
  }

  private Pushes node(Function<String, Future<Boolean>> live) {
    Identity users =
        new Identity(VERTX, stores, SETTINGS.identity(), new Identity.Beside(List.of(), null));
    Audience audience = new Audience(new Standing(users), live);
    return new Pushes(VERTX, stores, SETTINGS.push(), metrics, audience);
  }

  private void openBoth() {
    await(Future.all(one.open(), other.open()));
  }

  private Subscription subscribe(String user, String endpoint) {
    String point = ServerKey.make().publicKey();
    String auth = "BTBZMqHH6r4Tts7J_aSIgg";
    return await(one.subscribe(new Wish(user, endpoint, null, point, auth, List.of("*"))));
  }

  private static Event event(String owner, String type) {
    return new Event(Ids.next(), type, owner, Map.of(), Instant.now());
  }

  private double counted(String outcome) {
    String line = "push_sent_total{outcome=\"" + outcome + "\"} ";
    return metrics
        .scrape()
        .lines()
        .filter(l -> l.startsWith(line))
        .mapToDouble(l -> Double.parseDouble(l.substring(line.length())))
        .sum();
  }

  @Test
  void nodesThatStartAtOnceHaveOneKey() {
    openBoth();
    assertEquals(one.publicKey(), other.publicKey());
    assertEquals(1, await(pool.query("SELECT 1 FROM server_key").execute()).size());
    Pushes later = node(user -> Future.succeededFuture(false));
    await(later.open());
    assertEquals(one.publicKey(), later.publicKey());
    await(later.close());
  }

  @Test
  void theirKeyIsSealed() {
    openBoth();
    await(pool.query("UPDATE server_key SET sealed = sealed || '\\x00'").execute());
    Pushes later = node(user -> Future.succeededFuture(false));
    AssertionError refused = assertThrows(AssertionError.class, () -> await(later.open()));
    assertTrue(refused.getCause().getMessage().contains("keyset"), refused::toString);
  }

  @Test
  void whatOneTellsIsSentOnceByWhicheverNode() {
    openBoth();
    subscribe("ada", service.url());
    for (int i = 0; i < 20; i++) await(one.publish(event("ada", "a.b")));
    Await.until("all are sent", () -> counted("sent") == 20);
    assertEquals(20, service.received.size());
    Set<String> salts = new HashSet<>();
    service.received.forEach(got -> salts.add(got.body().substring(0, 16)));
    assertEquals(20, salts.size());
    assertTrue(distinct("authorization") <= 2, "one token of each node's");
  }

  private int distinct(String field) {
    Set<String> values = new HashSet<>();
    service.received.forEach(got -> values.add(got.fields().get(field)));
    return values.size();
  }

  @Test
  void whoeverIsLiveIsNotSentTo() {
    openBoth();
    subscribe("ada", service.url());
    live.add("ada");
    await(one.publish(event("ada", "a.first")));
    Await.until("it is left", () -> counted("live") == 1);
    live.remove("ada");
    await(one.publish(event("ada", "a.second")));
    Await.until("it is sent", () -> counted("sent") == 1);
    assertEquals(1, service.received.size());
  }

  @Test
  void aTestIsSentToWhoeverIsLive() {
    openBoth();
    subscribe("ada", service.url());
    live.add("ada");
    assertEquals(1, await(one.test("ada")));
    Await.until("it is sent", () -> counted("sent") == 1);
  }

  /** It was not heard of then, so it is sent, though somebody has come since. */
  @Test
  void whoComesLaterIsSentToAllTheSame() {
    openBoth();
    subscribe("ada", service.url());
    service.answers = ToyReceiver.status(503);
    await(one.publish(event("ada", "a.b")));
    Await.until("it waits", () -> counted("again") > 0);
    live.add("ada");
    service.answers = ToyReceiver.status(201);
    Await.until("it is sent", () -> counted("sent") == 1);
  }

  @Test
  void whereNobodyKnowsWhoIsLiveAllIsSent() {
    Pushes unsure =
        node(
            user -> {
              throw new IllegalStateException("presence is away");
            });
    await(unsure.open());
    await(one.open().compose(open -> one.close())); // to subscribe by, not to send
    subscribe("ada", service.url());
    await(unsure.publish(event("ada", "a.b")));
    Await.until("it is sent", () -> counted("sent") == 1);
    await(unsure.close());
  }

  @Test
  void aTransactionThatDoesNotHappenTellsNothing() {
    openBoth();
    subscribe("ada", service.url());
    Future<Object> undone =
        pool.withTransaction(
            tx ->
                one.publish(tx, event("ada", "a.undone"))
                    .compose(told -> Future.failedFuture("no")));
    Boolean failed = await(undone.map(false).otherwise(true));
    assertTrue(failed);
    Future<Integer> done = pool.withTransaction(tx -> one.publish(tx, event("ada", "a.done")));
    assertEquals(1, await(done));
    Await.until("it is sent", () -> counted("sent") == 1);
    assertEquals(1, service.received.size());
  }

  /** A subscription that goes at the same moment is no reason for a transaction to fail. */
  @Test
  void whatIsUnsubscribedMeanwhileHoldsUpNobody() {
    openBoth();
    for (int i = 0; i < 20; i++) subscribe("ada", service.url() + "/" + i);
    List<Future<?>> all = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      all.add(one.publish(event("ada", "a.b")));
      all.add(one.remove(service.url() + "/" + i, "ada"));
    }
    await(Future.all(all));
    assertEquals(Map.of(), await(one.forget("ada")));
  }

  @Test
  void usersWhoSubscribeOneBrowserAtOnceEndWithOneOwner() {
    openBoth();
    List<Future<?>> all = new ArrayList<>();
    String point = ServerKey.make().publicKey();
    for (int i = 0; i < 20; i++) {
      Pushes node = i % 2 == 0 ? one : other;
      String user = "user" + i % 5;
      all.add(
          node.subscribe(
              new Wish(user, service.url(), null, point, "BTBZMqHH6r4Tts7J_aSIgg", List.of("*"))));
    }
    await(Future.all(all));
    assertEquals(1, await(pool.query("SELECT 1 FROM subscriptions").execute()).size());
  }

  @Test
  void whatWaitsIsSentAfterARestart() {
    openBoth();
    subscribe("ada", service.url());
    service.answers = ToyReceiver.status(503);
    await(one.publish(event("ada", "a.b")));
    Await.until("it waits", () -> counted("again") > 0);
    await(Future.join(one.close(), other.close()));
    service.answers = ToyReceiver.status(201);
    Pushes next = node(user -> Future.succeededFuture(false));
    await(next.open());
    Await.until("it is sent", () -> counted("sent") == 1);
    await(next.close());
  }

  /** Taken by a node that is gone, and due again. */
  @Test
  void whatANodeHadInHandIsSentByAnother() {
    openBoth();
    subscribe("ada", service.url());
    service.answers = service.hang("");
    await(one.publish(event("ada", "a.b")));
    Await.until("it is under way", () -> service.received.size() == 1);
    service.answers = ToyReceiver.status(201);
    await(pool.query("UPDATE messages SET next_at = now()").execute());
    await(one.publish(event("ada", "a.wakes")));
    Await.until("it is sent again", () -> counted("sent") == 2);
    assertEquals(3, service.received.size());
  }

  @Test
  void aPushServiceThatHangsHoldsUpNoOther() {
    openBoth();
    try (ToyReceiver stuck = new ToyReceiver("127.0.0.2")) {
      stuck.answers = stuck.hang("");
      for (int i = 0; i < 12; i++) {
        subscribe("user" + i, stuck.url() + "/" + i);
        await(one.publish(event("user" + i, "a.b")));
      }
      subscribe("ada", service.url());
      await(one.publish(event("ada", "a.b")));
      Await.until("hers is sent", () -> counted("sent") == 1);
      assertTrue(stuck.received.size() <= 8, "four of each node's");
    }
  }

  @Test
  void settingsThatChangeAreSoAtOnce() {
    openBoth();
    subscribe("ada", service.url());
    Map<String, String> changed =
        Map.of("SLUICE_PUSH_SUBJECT", "mailto:other@example.com", "SLUICE_PUSH_HTTP", "true");
    PushSettings closed = Settings.load(null, changed, Map.of()).push();
    await(Future.all(one.use(closed), other.use(closed)));
    await(one.publish(event("ada", "a.b")));
    Await.until("it is not allowed any more", () -> counted("again") > 0);
    assertEquals(0, service.received.size());
  }

  @Test
  void aKeyPairOfTheSettingsIsTheOneInUse() {
    openBoth();
    ServerKey given = ServerKey.make();
    Map<String, String> changed =
        Map.of(
            "SLUICE_PUSH_SUBJECT", "mailto:ops@example.com",
            "SLUICE_PUSH_PUBLICKEY", given.publicKey(),
            "SLUICE_PUSH_PRIVATEKEY", given.privateKey());
    String made = one.publicKey();
    await(one.use(Settings.load(null, changed, Map.of()).push()));
    assertEquals(given.publicKey(), one.publicKey());
    await(one.use(SETTINGS.push()));
    assertEquals(made, one.publicKey());
  }

  @Test
  void withoutASubjectNothingIsSaidOrSent() {
    openBoth();
    subscribe("ada", service.url());
    await(one.use(Settings.load(null, Map.of(), Map.of()).push()));
    assertEquals("PROVIDER_NOT_CONFIGURED", assertThrows(Failure.class, one::publicKey).code());
    assertEquals(0, await(one.publish(event("ada", "a.b"))));
  }
}
