package dev.sluice.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.harness.Await;
import dev.sluice.harness.WithVertx;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(WithVertx.class)
class PatienceTest {
  private static final Duration LONGEST = Duration.ofMillis(20);

  @Test
  void whoWasHeldUpHasAllTheTimeAnew(Vertx vertx) {
    List<Long> looks = new CopyOnWriteArrayList<>();
    Promise<Void> late = Promise.promise();
    vertx.runOnContext(
        v ->
            new Patience(
                vertx,
                LONGEST,
                () -> {
                  looks.add(System.nanoTime());
                  return looks.size() < 3;
                },
                () -> {
                  looks.add(System.nanoTime());
                  late.complete();
                }));
    Await.result(late.future());
    assertEquals(5, looks.size(), "held up twice, one look at which it is no more, and the last");
    long waited = looks.get(4) - looks.get(2);
    assertTrue(waited >= LONGEST.toNanos(), "since it was seen to be free: " + waited);
  }
}
