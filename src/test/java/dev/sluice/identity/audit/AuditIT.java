package dev.sluice.identity.audit;

import static dev.sluice.harness.RunningGateway.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.sluice.call.Peer;
import dev.sluice.harness.RunningGateway;
import dev.sluice.harness.Sql;
import dev.sluice.identity.Person;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.io.IOException;
import java.nio.file.Files;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What is to be written is written: at the end of a gateway, and past an outage. */
class AuditIT {
  private static final int MANY = 10_000;
  private static RunningGateway gateway;
  private static Sql sql;

  @BeforeAll
  static void start() {
    gateway = new RunningGateway(Map.of("SLUICE_APPS", "identity,traffic,studio,notebook"));
    sql = Sql.of(gateway);
  }

  @AfterAll
  static void stop() {
    sql.close();
    gateway.close();
  }

  private static void write(Audit audit, String action) {
    for (int i = 0; i < MANY; i++) {
      audit.write(Entry.done(null, action, "test", i, Peer.INSIDE));
    }
  }

  private static List<String> written(String action) {
    return sql.rows(
        "SELECT count(DISTINCT resource_id), count(*) FROM audit_logs WHERE action = ?", action);
  }

  @Test
  void aGatewayThatEndsHasWrittenAll() throws IOException {
    Map<String, String> settings = new HashMap<>();
    settings.put("SLUICE_APPS", "identity,traffic,studio,notebook");
    settings.put("SLUICE_STORE_POSTGRES", Sql.uri(gateway));
    settings.put("SLUICE_STORE_KEYSET", Files.readString(gateway.data().resolve("keyset.json")));
    try (RunningGateway other = new RunningGateway(settings)) {
      write(other.gateway().identity().audit(), "test.end");
    }
    assertEquals(List.of(MANY + "|" + MANY), written("test.end"));
  }

  @Test
  void whatIsStillToBeCompletedIsWaitedFor() {
    Audit audit = gateway.gateway().identity().audit();
    Promise<Entry> coming = Promise.promise();
    audit.write(coming.future());
    Future<Void> flushed = audit.flush();
    assertFalse(flushed.isComplete());
    coming.complete(Entry.done(null, "test.coming", "test", 1, Peer.INSIDE));
    await(flushed);
    assertEquals(List.of("1|1"), written("test.coming"));
  }

  @Test
  void whatCannotBeWrittenNowIsWrittenLaterAndNobodyWaitsForIt() {
    sql.update("ALTER TABLE audit_logs RENAME TO elsewhere");
    write(gateway.gateway().identity().audit(), "test.outage");
    Person.signedIn(gateway, "outage@example.com");
    sql.update("ALTER TABLE elsewhere RENAME TO audit_logs");
    gateway.until("it is written", () -> written("test.outage").equals(List.of(MANY + "|" + MANY)));
    await(gateway.gateway().identity().audit().flush());
    assertEquals(
        List.of("1"), sql.rows("SELECT count(*) FROM audit_logs WHERE action = 'session.open'"));
  }
}
