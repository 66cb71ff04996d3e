package dev.sluice.observe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.observe.Health.Report;
import dev.sluice.observe.Health.Status;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class HealthTest {

  @Test
  void theWorstPartSpeaksForAll() {
    Health health = new Health();
    assertEquals(Status.UP, report(health).status());
    health.add("a", () -> Future.succeededFuture(Status.UP));
    assertEquals(Status.UP, report(health).status());
    health.add("b", () -> Future.succeededFuture(Status.DEGRADED));
    assertEquals(Status.DEGRADED, report(health).status());
    health.add("c", () -> Future.succeededFuture(Status.DOWN));
    assertEquals(
        new Report(Status.DOWN, Map.of("a", Status.UP, "b", Status.DEGRADED, "c", Status.DOWN)),
        report(health));
  }

  @Test
  void aPartThatFailsOrThrowsIsDownAndTheOthersStillAnswer() {
    Health health = new Health();
    health.add("fails", () -> Future.failedFuture("no"));
    health.add(
        "throws",
        () -> {
          throw new IllegalStateException("no");
        });
    health.add("up", () -> Future.succeededFuture(Status.UP));
    assertEquals(
        Map.of("fails", Status.DOWN, "throws", Status.DOWN, "up", Status.UP),
        report(health).components());
  }

  @Test
  void aGatewayThatDrainsTakesNothingNew() {
    Health health = new Health();
    health.add("a", () -> Future.succeededFuture(Status.UP));
    health.drain();
    assertEquals(new Report(Status.DOWN, Map.of("a", Status.UP)), report(health));
  }

  @Test
  void requestsAreScrapedUnderTheirPromisedNames() {
    Metrics metrics = new Metrics();
    for (int i = 0; i < 3; i++) {
      metrics.requests("GET", "/clips", 200).record(Duration.ofMillis(3));
    }
    metrics.counter("cache.requests", "help", "result", "hit").increment();
    metrics.gauge("some.value", "help", () -> 42);
    String scraped = metrics.scrape();
    String labels = "{method=\"GET\",route=\"/clips\",status=\"200\"";
    assertHas(scraped, "http_requests_total" + labels + "} 3.0");
    assertHas(scraped, "http_request_duration_seconds_count" + labels + "} 3");
    assertHas(scraped, "http_request_duration_seconds_bucket" + labels + ",le=\"0.001\"} 0");
    assertHas(scraped, "http_request_duration_seconds_bucket" + labels + ",le=\"0.005\"} 3");
    assertHas(scraped, "http_request_duration_seconds_bucket" + labels + ",le=\"+Inf\"} 3");
    assertHas(scraped, "cache_requests_total{result=\"hit\"} 1.0");
    assertHas(scraped, "some_value 42.0");
    assertHas(scraped, "jvm_memory_used_bytes");
    metrics.close();
  }

  private static void assertHas(String scraped, String line) {
    String like =
        scraped.lines().filter(l -> l.startsWith(line.split("\\{")[0])).toList().toString();
    assertTrue(scraped.contains(line), line + " is not in " + like);
  }

  private static Report report(Health health) {
    return health.report().result();
  }
}
