package dev.sluice.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.store.embedded.DataDirectory;
import dev.sluice.store.embedded.EmbeddedServers;
import dev.sluice.store.embedded.Endpoint;
import dev.sluice.store.embedded.Eventually;
import dev.sluice.store.embedded.ServerProcesses;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RedisIT {
  /** Long, so that a busy machine does not look like a frozen server. */
  private static final Duration DEADLINE = Duration.ofMillis(500);

  @TempDir Path data;
  private final Vertx vertx = Vertx.vertx();
  private DataDirectory directory;
  private EmbeddedServers servers;
  private Endpoint endpoint;
  private Redis redis;

  @BeforeEach
  void open() throws IOException {
    directory = DataDirectory.lock(data);
    servers = new EmbeddedServers(directory);
    endpoint = servers.startRedis();
    String uri = "redis://:%s@127.0.0.1:%d".formatted(endpoint.password(), endpoint.port());
    redis = Redis.open(vertx, uri, DEADLINE).await();
    assertTrue(redis.available());
  }

  @AfterEach
  void close() throws IOException {
    redis.close().await();
    servers.stop();
    directory.close();
    vertx.close().await();
  }

  @Test
  void answersAndPassesOnWhatRedisRefuses() {
    send(Command.SET, "a", "1").await();
    List<Response> both =
        redis
            .batch(List.of(Request.cmd(Command.INCR).arg("a"), Request.cmd(Command.GET).arg("a")))
            .await();
    assertEquals("2", both.get(1).toString());
    Throwable refused = assertThrows(Throwable.class, () -> send(Command.LPUSH, "a", "b").await());
    assertFalse(refused instanceof RedisUnavailable);
    assertTrue(refused.getMessage().contains("WRONGTYPE"), refused.getMessage());
  }

  @Test
  void repliesArriveOnTheCallersContext() {
    Future<Boolean> same =
        Future.future(
            p ->
                vertx.runOnContext(
                    x -> {
                      var mine = Vertx.currentContext();
                      send(Command.PING).map(r -> Vertx.currentContext() == mine).onComplete(p);
                    }));
    assertTrue(same.await());
  }

  @Test
  void failsAtOnceWhileRedisIsGoneAndRecoversWithItsSubscriptions() throws IOException {
    List<String> heard = new CopyOnWriteArrayList<>();
    AtomicInteger returns = new AtomicInteger();
    redis.onAvailable(returns::incrementAndGet);
    redis.subscribe("news", heard::add).await();
    publish("news", "one");
    Eventually.holds("the first message", () -> heard.equals(List.of("one")));

    servers.stop();
    Eventually.holds("Redis is missed", () -> !redis.available());
    RedisUnavailable away = assertThrows(RedisUnavailable.class, () -> send(Command.PING).await());
    assertEquals(0, away.getStackTrace().length);
    redis.subscribe("late", heard::add).await();

    servers = new EmbeddedServers(directory);
    assertEquals(endpoint, servers.startRedis());
    Eventually.holds("the return is told", () -> returns.get() == 1);
    publish("news", "two");
    publish("late", "three");
    Eventually.holds("both subscriptions live", () -> heard.size() == 3);
    assertEquals(List.of("one", "two", "three"), heard);
  }

  /**
   * Once it is heard: a connection that is late is made again behind the back of who subscribed.
   */
  private void publish(String channel, String text) {
    Eventually.holds(
        channel + " has its subscriber",
        () -> send(Command.PUBLISH, channel, text).await().toInteger() == 1);
  }

  @Test
  void aFrozenRedisIsGivenUpAndTakenBack() throws IOException {
    ProcessHandle server = ServerProcesses.main(data, "redis-server");
    ServerProcesses.signal("STOP", server);
    RedisUnavailable late = assertThrows(RedisUnavailable.class, () -> send(Command.PING).await());
    assertTrue(late.getMessage().contains("in time"), late.getMessage());
    Eventually.holds("the circuit opens", () -> !redis.available());
    ServerProcesses.signal("CONT", server);
    Eventually.holds("it is taken back", redis::available);
    send(Command.PING).await();
  }

  @Test
  void commandsDoNotPileUpOnAFrozenRedis() throws IOException {
    ProcessHandle server = ServerProcesses.main(data, "redis-server");
    ServerProcesses.signal("STOP", server);
    List<Future<Response>> all = new ArrayList<>();
    for (int i = 0; i < Redis.MAX_IN_FLIGHT + 100; i++) {
      all.add(send(Command.PING));
    }
    Future<Response> last = all.get(all.size() - 1);
    assertTrue(last.isComplete(), "refused without waiting");
    Future.join(all).otherwiseEmpty().await();
    for (Future<Response> one : all) {
      assertInstanceOf(RedisUnavailable.class, one.cause());
    }
    ServerProcesses.signal("CONT", server);
  }

  @Test
  void manyCommandsAreAnsweredInOrder() {
    List<Future<Response>> all = new ArrayList<>();
    for (int i = 1; i <= 1_000; i++) {
      all.add(send(Command.INCR, "n"));
    }
    Future.all(all).await();
    for (int i = 0; i < all.size(); i++) {
      assertEquals(i + 1, all.get(i).result().toInteger());
    }
  }

  private Future<Response> send(Command command, String... arguments) {
    Request request = Request.cmd(command);
    for (String argument : arguments) {
      request.arg(argument);
    }
    return redis.send(request);
  }
}
