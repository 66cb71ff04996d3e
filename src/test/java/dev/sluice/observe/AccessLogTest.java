package dev.sluice.observe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.harness.Await;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class AccessLogTest {
  private static final String NASTY = "/é\"\\\n\r\t\u0000\u001b[31m\u007f\u2028\ud800😀<&'";

  @Test
  void everyLineParsesBackWhateverIsInIt() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (AccessLog log = new AccessLog(out)) {
      AccessLog.Upstream upstream = new AccessLog.Upstream(NASTY, 2_500, -1);
      log.add(
          new AccessLog.Line(0, 1500, "GET", NASTY, 200, 7, NASTY, NASTY, NASTY, NASTY, upstream));
      AccessLog.Upstream silent = new AccessLog.Upstream("api", -1, 7);
      log.add(new AccessLog.Line(1_234, 0, "GET", "/", 404, 0, "::1", "id", null, null, silent));
      log.add(line(200));
    }
    List<JsonObject> lines = lines(out);
    JsonObject first = lines.get(0);
    for (String field : List.of("path", "client", "requestId", "operation", "cache", "upstream")) {
      assertEquals(NASTY, first.getString(field), field);
    }
    assertEquals("1970-01-01T00:00:00.000Z", first.getString("time"));
    assertEquals(1, first.getInteger("micros"));
    assertEquals(7, first.getInteger("bytes"));
    assertEquals("1970-01-01T00:00:01.234Z", lines.get(1).getString("time"));
    assertEquals(404, lines.get(1).getInteger("status"));
    assertFalse(lines.get(1).containsKey("operation"));
    assertEquals(2, first.getInteger("upstreamMicros"));
    assertEquals("api", lines.get(1).getString("upstream"));
    assertFalse(lines.get(1).containsKey("upstreamMicros"));
    assertFalse(lines.get(2).containsKey("upstream"));
    assertTrue(out.toString(StandardCharsets.UTF_8).chars().allMatch(c -> c == '\n' || c >= 0x20));
  }

  @Test
  void closingWritesAllThatIsQueued() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    AccessLog log = new AccessLog(out);
    for (int i = 0; i < 20_000; i++) log.add(line(i));
    log.close();
    List<JsonObject> lines = lines(out);
    assertEquals(20_000, lines.size());
    for (int i = 0; i < 20_000; i++) assertEquals(i, lines.get(i).getInteger("status"));
    assertEquals(0, log.dropped());
  }

  @Test
  void aLineLongerThanTheBufferIsWrittenWhole() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    String path = "/" + "\"".repeat(300_000);
    try (AccessLog log = new AccessLog(out)) {
      log.add(new AccessLog.Line(0, 0, "GET", path, 200, 0, "", "", null, null, null));
    }
    assertEquals(path, lines(out).get(0).getString("path"));
  }

  @Test
  void whenNobodyReadsLinesAreDroppedAndCountedAndNobodyWaits() {
    CountDownLatch reader = new CountDownLatch(1);
    CountDownLatch writing = new CountDownLatch(1);
    AccessLog log =
        new AccessLog(
            new OutputStream() {
              @Override
              public void write(int b) {}

              @Override
              public void write(byte[] bytes, int from, int size) throws IOException {
                writing.countDown();
                Await.until("somebody reads", () -> reader.getCount() == 0);
              }
            });
    log.add(line(0));
    Await.until("the writer is stuck", () -> writing.getCount() == 0);
    int more = 200_000;
    for (int i = 0; i < more; i++) log.add(line(i));
    assertTrue(log.dropped() > 0 && log.dropped() < more, log.dropped() + " dropped");
    reader.countDown();
    log.close();
  }

  @Test
  void everyLineOfAFailedWriteIsCounted() {
    AccessLog log =
        new AccessLog(
            new OutputStream() {
              @Override
              public void write(int b) throws IOException {
                throw new IOException("Broken pipe");
              }
            });
    for (int i = 0; i < 500; i++) log.add(line(i));
    log.close();
    assertEquals(500, log.dropped());
  }

  @Test
  void numbersAreWrittenAsTheyAre() throws IOException {
    LineBuffer buffer = new LineBuffer(1);
    for (long n : new long[] {0, 9, 10, 1234567890123L, Long.MAX_VALUE}) buffer.number(n).raw(" ");
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    buffer.text(null).writeTo(out);
    assertEquals(
        "0 9 10 1234567890123 9223372036854775807 null", out.toString(StandardCharsets.UTF_8));
    buffer.clear();
    assertEquals(0, buffer.size());
  }

  private static AccessLog.Line line(int status) {
    return new AccessLog.Line(0, 0, "GET", "/", status, 0, "::1", "id", null, null, null);
  }

  private static List<JsonObject> lines(ByteArrayOutputStream out) {
    return out.toString(StandardCharsets.UTF_8).lines().map(JsonObject::new).toList();
  }
}
