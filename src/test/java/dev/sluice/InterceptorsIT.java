package dev.sluice;

import static dev.sluice.harness.RunningGateway.await;
import static dev.sluice.harness.RunningGateway.error;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.sluice.bus.Address;
import dev.sluice.call.Call;
import dev.sluice.call.Deadline;
import dev.sluice.call.Reply;
import dev.sluice.conf.FileWatch;
import dev.sluice.harness.Await;
import dev.sluice.harness.RunningGateway;
import dev.sluice.harness.ToyApi;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.client.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;

/** Interceptors by name, in a gateway whose configuration changes. */
class InterceptorsIT {
  private static final String LIMITS = "limits: { tight: { ip: { requests: 3, window: 1h } } }\n";
  private static final String STAMP = "dev.sluice.harness.Stamp";

  private static RunningGateway gateway;
  private static Reloader reloader;

  @BeforeAll
  static void start() {
    gateway = new RunningGateway(Map.of("SLUICE_SERVER_DRAINTIMEOUT", "1s"));
    Reloader.Source source =
        () -> Loaded.of(gateway.file(), gateway.environment(), Map.of(), List.of());
    FileWatch files = new FileWatch(() -> List.of(gateway.file()));
    reloader = new Reloader(gateway.gateway(), source.load(), source, files, gateway::mounts);
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  @Test
  void eachCallIsSeenEvenWhatTheFastLaneCouldAnswer() {
    use();
    for (int i = 0; i < 3; i++) assertNull(stamp(gateway.get("/large")));
    use(stamp("operations: [getLarge], timeout: 9s")); // the first call loads classes
    List<String> stamps = new ArrayList<>();
    for (int i = 0; i < 5; i++) stamps.add(stamp(gateway.get("/large")));
    assertEquals(List.of("1", "2", "3", "4", "5"), stamps);
    assertTrue(gateway.get("/large").getHeader("Cache-Status").contains("hit"));
    assertNull(stamp(gateway.get("/direct")));
    use();
    assertNull(stamp(gateway.get("/large")));
  }

  @Test
  void theBusDoorLeadsByThemToo() {
    use(stamp("operations: [readNotes], timeout: 9s"));
    Address<Call, Reply> door = Address.shared("op.readNotes", Call.class, Reply.class);
    Call call = Call.of("readNotes", Map.of("book", "b"), Deadline.in(Duration.ofSeconds(10)));
    Reply reply = await(door.ask(gateway.gateway().vertx(), call, call.deadline()));
    assertEquals("1", reply.headers().get("x-stamp"));
  }

  @ParameterizedTest
  @CsvSource({
    "throw, skip, 200", "throw, refuse, 500", "hang, skip, 200", "hang, refuse, 500",
    "lose, skip, 200", "lose, refuse, 500", "refuse, skip, 403", "refuse, refuse, 403"
  })
  void whatAFailingOneDoesToACallIsItsPolicys(String does, String onFailure, int status) {
    use(
        stamp(
            "operations: [echoAnything], onFailure: "
                + onFailure
                + ", settings: { does: \""
                + does
                + "\" }"));
    Buffer body = Buffer.buffer("[1]");
    HttpResponse<Buffer> answer =
        gateway.send(HttpMethod.POST, "/anything", body, "Content-Type", "application/json");
    assertEquals(status, answer.statusCode());
    if (status == 200) assertEquals(body, answer.body());
    if (status == 500) assertEquals("INTERCEPTOR_FAILED", error(answer).getString("code"));
    assertFalse(answer.bodyAsString().contains("db.internal"));
    assertFalse(answer.bodyAsString().contains("Stamp"));
  }

  @Test
  void whatCannotBeUsedIsRefusedWithItsPlaceAndChangesNothing() {
    use(stamp("operations: [getLarge], timeout: 8s"));
    String at = gateway.file() + ":3: ";
    refused(
        "{ name: metrix }", at + "there is no interceptor \"metrix\"; did you mean \"metrics\"?");
    refused("{ name: com.acme.Audit }", at + "there is no class com.acme.Audit on the class path");
    refused("{ name: java.lang.String }", at + "java.lang.String is no dev.sluice.app.Interceptor");
    refused("{ name: " + STAMP + "$Broken }", "threw java.lang.IllegalStateException: no licence");
    refused("{ name: " + STAMP + "$Made }", "must be a public class with a public constructor");
    refused(
        stamp("operations: [getLarge, getLarg]"), at + "there is no operation \"getLarg\"; did");
    refused(stamp("settings: { dose: 1 }"), at + STAMP + ": does, not dose");
    refused(stamp("settings: { does: stay shut }"), "does not open: nobody has the key");
    refused(stamp("onFailure: ignore"), at + "onFailure: \"ignore\" is not valid");
    refused(stamp("timeout: 0s"), "timeout must be above 0");
    refused("{ name: logging, settings: { fields: [body] } }", at + "logging: fields: \"body\"");
    refused("{ name: analytics, settings: { every: 0 } }", "every must be from 1 to 86400");
    refused("{ operations: [getLarge] }", "name is missing");
    assertNotNull(stamp(gateway.get("/large")));
  }

  @Test
  void aReloadSaysWhichOnesDiffer() {
    use(stamp("timeout: 98ms"), "{ name: metrics }");
    String said = use("{ name: metrics }", "{ name: logging }", stamp("timeout: 97ms"));
    assertEquals("interceptors: changed " + STAMP + ", added logging", said);
    assertEquals(
        "interceptors: reordered",
        use(stamp("timeout: 97ms"), "{ name: metrics }", "{ name: logging }"));
  }

  @Test
  void metricsAreByOperationAndKindOfCaller() {
    use("{ name: metrics, operations: [getLarge, getBroken] }");
    gateway.get("/large");
    gateway.get("/broken");
    String scraped = gateway.get("/metrics").bodyAsString();
    String series =
        "operation_duration_seconds_count{caller=\"anonymous\",operation=\"%s\",status=\"%s\"}";
    assertTrue(scraped.contains(series.formatted("getLarge", "2xx")), scraped);
    assertTrue(scraped.contains(series.formatted("getBroken", "5xx")));
  }

  @Test
  void aLineOfTheLogHasWhatWasChosenAndNoSecret() {
    Logger calls = (Logger) LoggerFactory.getLogger("dev.sluice.calls");
    ListAppender<ILoggingEvent> lines = new ListAppender<>();
    lines.start();
    calls.addAppender(lines);
    calls.setLevel(Level.INFO);
    try {
      use("{ name: logging, settings: { fields: [operation, status, code, params, user] } }");
      gateway.get("/api/v1/notes?book=mine");
      gateway.get("/broken");
      Await.until("logged", () -> lines.list.size() == 2);
      assertEquals("operation=readNotes status=200 params={book=mine}", said(lines, 0));
      assertEquals("operation=getBroken status=500 code=INTERNAL_ERROR params={}", said(lines, 1));
    } finally {
      calls.detachAppender(lines);
      calls.setLevel(null);
    }
  }

  private static String said(ListAppender<ILoggingEvent> lines, int line) {
    return lines.list.get(line).getKeyValuePairs().stream()
        .map(pair -> pair.key + "=" + pair.value)
        .collect(Collectors.joining(" "));
  }

  @Test
  void usageGoesToACollectorInBatchesAndNoneIsLost() {
    try (ToyApi collector = new ToyApi()) {
      collector.answers = asked -> asked.answer(503, "{}");
      use(
          "{ name: analytics, operations: [getLarge, getBroken],"
              + " settings: { every: 1, url: \""
              + collector.url()
              + "/usage\" } }");
      for (int i = 0; i < 3; i++) gateway.get("/large");
      gateway.get("/broken");
      Await.until("asked", () -> !collector.asked.isEmpty());
      int refused = collector.asked.size();
      collector.answers = asked -> asked.ok("{}");
      Await.until("asked again", () -> collector.asked.size() > refused);
      ToyApi.Asked again = collector.asked.get(refused);
      assertEquals(collector.asked.get(0).body(), again.body());
      assertEquals("POST /usage", again.line());
      JsonObject batch = again.body().toJsonObject();
      assertEquals("\"" + batch.getString("id") + "\"", again.fields().get("Idempotency-Key"));
      assertEquals(0, batch.getInteger("lost"));
      Map<String, String> counts = Map.of("getLarge", "3 0", "getBroken", "1 1");
      Await.until("all are counted", () -> told(collector).equals(counts));
      gateway.get("/large");
      use(); // what it still has is sent when it is closed
      Await.until("the rest", () -> "4 0".equals(told(collector).get("getLarge")));
    }
  }

  /** The calls and failures of each operation; a batch counts once, however often it came. */
  private static Map<String, String> told(ToyApi collector) {
    return collector.asked.stream()
        .map(ToyApi.Asked::body)
        .distinct()
        .flatMap(batch -> batch.toJsonObject().getJsonArray("uses").stream())
        .map(JsonObject.class::cast)
        .collect(
            Collectors.groupingBy(
                use -> use.getString("operation"),
                Collectors.collectingAndThen(
                    Collectors.toList(),
                    uses -> sum(uses, "calls") + " " + sum(uses, "failures"))));
  }

  private static int sum(List<JsonObject> uses, String what) {
    return uses.stream().mapToInt(use -> use.getInteger(what)).sum();
  }

  private static String stamp(String more) {
    return "{ name: " + STAMP + ", " + more + " }";
  }

  private static String stamp(HttpResponse<Buffer> answer) {
    assertEquals(200, answer.statusCode());
    return answer.getHeader("x-stamp");
  }

  private static String use(String... entries) {
    write(entries);
    ControlSocket.Outcome outcome = reloader.reload("the test");
    assertTrue(outcome.succeeded(), outcome.text());
    return outcome.text();
  }

  private static void refused(String entry, String reason) {
    write(entry);
    ControlSocket.Outcome outcome = reloader.reload("the test");
    assertFalse(outcome.succeeded(), outcome.text());
    assertTrue(outcome.text().contains(reason), outcome.text());
  }

  private static void write(String... entries) {
    StringBuilder yaml = new StringBuilder(LIMITS + "interceptors:\n");
    for (String entry : entries) yaml.append("  - ").append(entry).append('\n');
    gateway.write(entries.length == 0 ? LIMITS : yaml.toString());
  }
}
