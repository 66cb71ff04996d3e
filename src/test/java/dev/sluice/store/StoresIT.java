package dev.sluice.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.harness.DataTemplate;
import dev.sluice.store.embedded.ServerProcesses;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoresIT {
  @TempDir Path temp;
  private final Vertx vertx = Vertx.vertx();

  @AfterEach
  void close() {
    vertx.close().await();
  }

  @Test
  void aSecondStartFindsWhatTheFirstKept() throws IOException {
    Path data = temp.resolve("data");
    Stores first = open(data).await();
    first.database().pool().query("CREATE TABLE kept AS SELECT 7 AS n").execute().await();
    first.redis().send(Request.cmd(Command.SET).arg("kept").arg("eight")).await();
    first.close().await();
    assertSame(first.close(), first.close());
    assertTrue(ServerProcesses.of(data).isEmpty());

    Stores second = open(data).await();
    var rows = second.database().pool().query("SELECT n FROM kept").execute().await();
    assertEquals(7, rows.iterator().next().getInteger(0));
    var kept = second.redis().send(Request.cmd(Command.GET).arg("kept")).await();
    assertEquals("eight", kept.toString());
    second.close().await();
  }

  @Test
  void aKilledGatewayLeavesNothingRunningAndLosesNothing() throws IOException {
    DataTemplate.copyTo(temp);
    Process holder = Holder.start(temp);
    Holder.awaitReady(holder);
    StoreException refused = assertThrows(StoreException.class, () -> open(temp).await());
    assertTrue(refused.getMessage().contains("pid " + holder.pid()), refused.getMessage());
    assertTrue(refused.getMessage().contains(temp.toString()), refused.getMessage());

    assertFalse(ServerProcesses.of(temp).isEmpty());
    holder.destroyForcibly();
    ServerProcesses.awaitNone(temp);

    Stores next = open(temp).await();
    var rows = next.database().pool().query("SELECT answer FROM held").execute().await();
    assertEquals(42, rows.iterator().next().getInteger(0));
    next.close().await();
  }

  @Test
  void aKilledGatewayCanBeStartedAgainAtOnce() throws IOException {
    DataTemplate.copyTo(temp);
    Process holder = Holder.start(temp);
    Holder.awaitReady(holder);
    holder.destroyForcibly().onExit().join();
    Stores next = open(temp).await();
    var rows = next.database().pool().query("SELECT answer FROM held").execute().await();
    assertEquals(42, rows.iterator().next().getInteger(0));
    next.close().await();
  }

  @Test
  void serversThatLostTheirGuardTooAreStoppedAtTheNextStart() throws IOException {
    DataTemplate.copyTo(temp);
    Process holder = Holder.start(temp);
    Holder.awaitReady(holder);
    ServerProcesses.signal("STOP", holder.toHandle()); // or it would start them again
    for (ProcessHandle process : holder.descendants().toList()) {
      if (process.info().command().orElse("").endsWith("sh")) {
        process.destroyForcibly();
      }
    }
    ProcessHandle orphan = ServerProcesses.main(temp, "postgres");
    holder.destroyForcibly().onExit().join();
    assertTrue(orphan.isAlive());

    Stores next = open(temp).await();
    assertFalse(orphan.isAlive());
    var rows = next.database().pool().query("SELECT answer FROM held").execute().await();
    assertEquals(42, rows.iterator().next().getInteger(0));
    next.close().await();
  }

  @Test
  void aGatewayKilledWhileItStartsLeavesNothingRunning() throws IOException {
    Process holder = Holder.start(temp);
    dev.sluice.store.embedded.Eventually.holds(
        "the first server runs", () -> Files.isDirectory(temp.resolve("redis")));
    holder.destroyForcibly().onExit().join();
    ServerProcesses.awaitNone(temp);
    open(temp).await().close().await();
  }

  @Test
  void withoutRedisItStartsAllTheSameAndWithoutPostgresItSaysSo() throws IOException {
    DataTemplate.copyTo(temp);
    Stores stores =
        open(
                temp,
                new StoreSettings("embedded", "redis://127.0.0.1:1", 2, seconds(5), seconds(1), ""))
            .await();
    assertFalse(stores.redis().available());
    assertTrue(stores.database().ping().await());
    stores.close().await();

    String uri = "postgres://u:secret@127.0.0.1:1/d";
    StoreException away =
        assertThrows(
            StoreException.class,
            () ->
                open(temp, new StoreSettings(uri, "embedded", 2, seconds(5), seconds(1), ""))
                    .await());
    assertTrue(away.getMessage().contains("127.0.0.1:1"), away.getMessage());
    assertFalse(away.getMessage().contains("secret"), away.getMessage());
    assertTrue(ServerProcesses.of(temp).isEmpty());
  }

  @Test
  void aDirectoryThatCannotBeWrittenIsNamed() throws IOException {
    Path file = Files.writeString(temp.resolve("file"), "");
    StoreException refused =
        assertThrows(StoreException.class, () -> open(file.resolve("data")).await());
    assertTrue(refused.getMessage().contains(file.toString()), refused.getMessage());
  }

  private Future<Stores> open(Path data) {
    return open(data, StoreSettings.defaults());
  }

  private Future<Stores> open(Path data, StoreSettings settings) {
    return Stores.open(vertx, settings, data, (type, nanos, ok) -> {});
  }

  private static Duration seconds(int seconds) {
    return Duration.ofSeconds(seconds);
  }
}
