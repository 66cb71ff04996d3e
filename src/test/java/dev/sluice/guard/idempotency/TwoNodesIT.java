package dev.sluice.guard.idempotency;

import static dev.sluice.harness.RunningGateway.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.harness.Await;
import dev.sluice.harness.Ledger;
import dev.sluice.harness.LedgerProcess;
import dev.sluice.harness.RunningGateway;
import dev.sluice.harness.Sql;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.client.HttpResponse;
import io.vertx.ext.web.client.WebClient;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** One effect, whichever node a repeat comes to, and whichever dies. */
class TwoNodesIT {
  private static final int RACERS = 1000;
  private static final Map<String, String> SETTINGS =
      Map.of("SLUICE_APPS", "traffic,notebook,ledger");
  private static RunningGateway one;
  private static RunningGateway other;
  private static Sql sql;
  private final String account = UUID.randomUUID().toString();
  private final String key = UUID.randomUUID().toString();

  @BeforeAll
  static void start() {
    one = new RunningGateway(SETTINGS, Ledger.ISSUER, List.of(new Ledger()));
    sql = Sql.of(one);
    Map<String, String> shared = new HashMap<>(SETTINGS);
    shared.putAll(Sql.stores(one));
    other = new RunningGateway(shared, Ledger.ISSUER, List.of(new Ledger()));
  }

  @AfterAll
  static void stop() {
    other.close();
    sql.close();
    one.close();
  }

  private int effects() {
    return sql.rows("SELECT id FROM ledger.entry WHERE account = ?", account).size();
  }

  private Future<HttpResponse<Buffer>> add(RunningGateway at, String body) {
    return at.sendAsync(
        HttpMethod.POST,
        "/ledger?account=" + account,
        Buffer.buffer(body),
        "Content-Type",
        "application/json",
        "Idempotency-Key",
        key);
  }

  @Test
  void aThousandRacersOverTwoNodesHaveOneEffect() {
    List<Future<HttpResponse<Buffer>>> racing = new ArrayList<>();
    for (int i = 0; i < RACERS; i++) racing.add(add(i % 2 == 0 ? one : other, "{\"note\":\"a\"}"));
    Set<String> answers = new HashSet<>();
    int first = 0;
    for (HttpResponse<Buffer> answer : await(Future.all(racing)).<HttpResponse<Buffer>>list()) {
      if (answer.statusCode() == 409) continue;
      assertEquals(200, answer.statusCode(), answer.bodyAsString());
      answers.add(answer.getHeader("x-entry") + answer.bodyAsString());
      if (answer.getHeader("idempotent-replayed") == null) first++;
    }
    assertEquals(1, answers.size());
    assertEquals(1, first);
    assertEquals(1, effects());
    assertEquals(200, await(add(other, "{\"note\":\"a\"}")).statusCode());
  }

  @Test
  void aProcessKilledBetweenEffectAndAnswerIsNoSecondEffect() throws IOException {
    String body = "{\"note\":\"a\",\"how\":\"silent\"}";
    WebClient client = WebClient.create(one.vertx());
    try (LedgerProcess node = new LedgerProcess(one)) {
      Future<?> asked =
          client
              .post(node.port(), "127.0.0.1", "/ledger?account=" + account)
              .putHeader("Content-Type", "application/json")
              .putHeader("Idempotency-Key", key)
              .sendBuffer(Buffer.buffer(body));
      Await.until("the effect", () -> effects() == 1);
      node.kill();
      await(asked.transform(gone -> Future.succeededFuture(gone)));
      assertTrue(asked.failed(), "nobody has been told");
    }
    HttpResponse<Buffer> repeat = await(add(other, body));
    assertEquals(200, repeat.statusCode(), repeat.bodyAsString());
    assertEquals("true", repeat.getHeader("idempotent-replayed"));
    String written = sql.rows("SELECT id FROM ledger.entry WHERE account = ?", account).get(0);
    assertEquals(written, repeat.getHeader("x-entry"));
    assertEquals(1, effects());
  }
}
