package dev.sluice.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.call.Failure;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgException;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DatabaseIT {
  private final Vertx vertx = Vertx.vertx();
  private final List<String> observed = new CopyOnWriteArrayList<>();
  private Stores stores;
  private Database database;

  @BeforeAll
  void open(@TempDir Path temp) {
    StoreSettings settings =
        new StoreSettings("embedded", "redis://127.0.0.1:1", 3, seconds(5), seconds(1), "");
    stores =
        Stores.open(vertx, settings, temp, (type, nanos, ok) -> observed.add(type + " " + ok))
            .await();
    database = stores.database();
  }

  @AfterAll
  void close() {
    stores.close().await();
    vertx.close().await();
  }

  @Test
  void migrationsRunOnceAndTheirTablesAreFoundWithoutNamingTheSchema() {
    database.migrate("good", "store/good").await();
    String drop = "DROP TABLE good.flyway_schema_history";
    database.pool().query(drop).execute().await(); // Flyway would run them again
    database.migrate("good", "store/good").await();
    var notes = database.schema("good").query("SELECT text FROM note").execute().await();
    assertEquals(1, notes.size());
    assertSame(database.schema("good"), database.schema("good"));
    assertEquals(3, database.poolSize());
  }

  @Test
  void anAppWritesIntoItsTablesAndCannotChangeThem() {
    database.migrate("lesser", "store/good").await();
    var app = database.schema("lesser");
    app.query("UPDATE note SET text = 'changed'").execute().await();
    for (String change : List.of("DROP TABLE note", "ALTER TABLE note ADD COLUMN x text")) {
      var refused = assertThrows(PgException.class, () -> app.query(change).execute().await());
      assertEquals("42501", refused.getSqlState(), change); // insufficient_privilege
    }
  }

  @Test
  void anAddedScriptRunsThoughTheOthersHaveRun() {
    database.migrate("grown", "store/good").await();
    String forget = "COMMENT ON SCHEMA grown IS 'other scripts'";
    database.pool().query(forget).execute().await();
    database.migrate("grown", "store/good").await();
    var ran = "SELECT 1 FROM flyway_schema_history WHERE version IS NOT NULL";
    assertEquals(2, database.schema("grown").query(ran).execute().await().size());
  }

  @Test
  void schemasMigrateSideBySide() {
    Future.all(
            database.migrate("left", "store/good"),
            database.migrate("right", "store/good"),
            database.migrate("odd \"name\"", "store/good"))
        .await();
    var notes = database.schema("odd \"name\"").query("SELECT 1 FROM note").execute().await();
    assertEquals(1, notes.size());
  }

  @Test
  void aBrokenMigrationIsNamedAndThoseBeforeItAreKept() {
    StoreException broken =
        assertThrows(StoreException.class, () -> database.migrate("bad", "store/bad").await());
    assertTrue(broken.getMessage().contains("store/bad/V2__broken.sql"), broken.getMessage());
    assertTrue(broken.getMessage().contains("TABEL"), broken.getMessage());
    database.schema("bad").query("SELECT * FROM kept").execute().await();
  }

  @Test
  void aMissingLocationIsNamed() {
    StoreException missing =
        assertThrows(StoreException.class, () -> database.migrate("x", "store/none").await());
    assertTrue(missing.getMessage().contains("store/none"), missing.getMessage());
  }

  @Test
  void queriesAreObservedHoweverTheyAreMade() {
    database.migrate("seen", "store/good").await();
    Pool pool = database.schema("seen");
    observed.clear();
    pool.preparedQuery("INSERT INTO note VALUES ($1, $2)")
        .executeBatch(List.of(Tuple.of(2, "b"), Tuple.of(3, "c")))
        .await();
    pool.withTransaction(c -> c.preparedQuery("UPDATE note SET text = $1").execute(Tuple.of("x")))
        .await();
    var texts =
        pool.query("SELECT text FROM note").mapping(row -> row.getString(0)).execute().await();
    assertEquals("x", texts.iterator().next());
    var ids =
        pool.preparedQuery("DELETE FROM note RETURNING id")
            .collecting(Collectors.mapping((Row r) -> r.getInteger(0), Collectors.toSet()))
            .execute()
            .await();
    assertEquals(3, ids.value().size());
    assertThrows(PgException.class, () -> pool.query("TRUNCATE nothing").execute().await());
    assertEquals(
        List.of("insert true", "update true", "select true", "delete true", "other false"),
        observed);
  }

  @Test
  void aTransactionThatFailsLeavesNothing() {
    database.migrate("undone", "store/good").await();
    Pool pool = database.schema("undone");
    assertThrows(
        IllegalStateException.class,
        () ->
            pool.withTransaction(
                    c ->
                        c.query("DELETE FROM note")
                            .execute()
                            .compose(x -> Future.failedFuture(new IllegalStateException())))
                .await());
    assertEquals(1, pool.query("SELECT 1 FROM note").execute().await().size());
  }

  @Test
  void aSlowQueryIsEndedByTheServer() {
    Failure slow =
        assertThrows(
            Failure.class, () -> database.pool().query("SELECT pg_sleep(60)").execute().await());
    assertEquals(503, slow.status());
    String running = "SELECT 1 FROM pg_stat_activity WHERE query LIKE '%pg_sleep(6_)%'";
    String other = running + " AND state = 'active' AND pid <> pg_backend_pid()";
    assertEquals(0, database.pool().query(other).execute().await().size());
  }

  private static Duration seconds(int seconds) {
    return Duration.ofSeconds(seconds);
  }
}
