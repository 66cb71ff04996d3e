package dev.sluice.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.sluice.call.Failure;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PartsTest {

  /** However the bytes are cut. */
  private static List<Object> parts(String type, String text, int cut) {
    List<Object> all = new ArrayList<>();
    Parts parts = Parts.of(type, all::add);
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    for (int i = 0; i < bytes.length; i += cut) {
      parts.take(Buffer.buffer(bytes).slice(i, Math.min(bytes.length, i + cut)));
    }
    parts.end();
    return all;
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 7, 1000})
  void eventsAreThoseOfAnEventSource(int cut) {
    String text =
        ": hello\n\nid: 7\nevent: a\ndata: {\"x\":1}\n\ndata: one\r\ndata:two\r\n\r\n"
            + "event: b\n\ndata\n\ndata:  ünï\n\nid: 8\ndata: never ended";
    List<Object> expected =
        List.of(
            new JsonObject()
                .put("event", "a")
                .put("id", "7")
                .put("data", new JsonObject().put("x", 1)),
            new JsonObject().put("id", "7").put("data", "one\ntwo"),
            new JsonObject().put("id", "7").put("data", ""),
            new JsonObject().put("id", "7").put("data", " ünï"));
    assertEquals(expected, parts("text/event-stream; charset=utf-8", text, cut));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 1000})
  void valuesAreLines(int cut) {
    String text = "{\"a\":\"ö\"}\n\n7\r\nno json\n[1]";
    List<Object> all = parts("application/x-ndjson", text, cut);
    assertEquals(4, all.size());
    assertEquals(new JsonObject().put("a", "ö"), all.get(0));
    assertEquals(7, all.get(1));
    assertEquals("no json", all.get(2));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 5})
  void charactersAreNotCut(int cut) {
    StringBuilder joined = new StringBuilder();
    parts("text/plain", "aö✓😀z", cut).forEach(joined::append);
    assertEquals("aö✓😀z", joined.toString());
  }

  @ParameterizedTest
  @CsvSource({"application/octet-stream, YWI=", ",YWI=", "audio/mpeg, YWI="})
  void bytesAreInBase64(String type, String expected) {
    assertEquals(List.of(expected), parts(type, "ab", 10));
  }

  @ParameterizedTest
  @ValueSource(strings = {"text/event-stream", "application/x-ndjson"})
  void aPartWithoutEndIsRefused(String type) {
    assertThrows(Failure.class, () -> parts(type, "data: " + "x".repeat(2 << 20), 64 << 10));
  }
}
