package dev.sluice.guard.idempotency;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.sluice.call.Body;
import dev.sluice.call.Call;
import dev.sluice.call.Caller;
import dev.sluice.call.Deadline;
import dev.sluice.call.Params;
import dev.sluice.call.Priority;
import dev.sluice.call.Trace;
import dev.sluice.call.Wish;
import dev.sluice.conf.Document;
import dev.sluice.contract.Contract;
import dev.sluice.contract.Known;
import dev.sluice.contract.Operation;
import dev.sluice.contract.Source;
import io.vertx.core.buffer.Buffer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FingerprintTest {
  private static final Operation ADD =
      Contract.of(
              List.of(
                  Source.ofApp(
                      "a",
                      Document.parse(
                          "a.yaml",
                          "openapi: 3.1.0\npaths: { /x: { post: { operationId: add } } }"))),
              Known.limits(Set.of("default")))
          .operation("add");

  private static byte[] print(String type, String body, Map<String, Object> params) {
    Body bytes = new Body(Buffer.buffer(body), type);
    Deadline deadline = Deadline.inMillis(1000);
    return Fingerprint.of(
        ADD,
        new Call(
            "1",
            "add",
            Params.of(params),
            bytes,
            Caller.NOBODY,
            Trace.begin(),
            Priority.NORMAL,
            deadline,
            Wish.NONE));
  }

  private static byte[] json(String body) {
    return print("application/json", body, Map.of());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"a\":1,\"b\":[1,{\"c\":2,\"d\":3}]} | { \"b\": [1, {\"d\":3, \"c\":2}], \"a\": 1 }",
        "{\"a\":\"\\u0041\"} | {\"a\":\"A\"}",
      })
  void howTheJsonIsWrittenDoesNotMatter(String one, String other) {
    assertArrayEquals(json(one), json(other));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"a\":1} | {\"a\":\"1\"}",
        "{\"a\":1} | {\"a\":2}",
        "[1,2] | [2,1]",
        "[[1],2] | [[1,2]]",
        "{\"a\":null} | {}",
        "{\"a\":\"b\",\"c\":\"d\"} | {\"a\":\"bc\",\"\":\"d\"}",
        "12345678901234567890.1 | 12345678901234567890.2",
        "true | \"true\"",
      })
  void whatItSaysDoes(String one, String other) {
    assertFalse(Arrays.equals(json(one), json(other)));
  }

  @Test
  void parametersAndTypeAreAskedToo() {
    byte[] plain = print("text/plain", "a", Map.of());
    assertFalse(Arrays.equals(plain, print("text/html", "a", Map.of())));
    assertFalse(Arrays.equals(plain, print("text/plain", "a", Map.of("x", 1))));
    assertFalse(Arrays.equals(plain, print("text/plain", "b", Map.of())));
    assertArrayEquals(plain, print("Text/Plain; charset=utf-8", "a", Map.of()));
    assertArrayEquals(json("{\"a\""), json("{\"a\""));
    assertFalse(Arrays.equals(json("{\"a\""), json("{\"b\"")));
  }

  @Test
  void aBrowserTakesAnotherBoundaryForEachTry() {
    String body = "--%1$s\r\nContent-Disposition: form-data; name=a\r\n\r\n1\r\n--%1$s--\r\n";
    byte[] one = print("multipart/form-data; boundary=abc", body.formatted("abc"), Map.of());
    String quoted = "multipart/form-data; boundary=\"x.y\"";
    assertArrayEquals(one, print(quoted, body.formatted("x.y"), Map.of()));
    String other = body.replace("\r\n1\r\n", "\r\n2\r\n").formatted("abc");
    assertFalse(Arrays.equals(one, print("multipart/form-data; boundary=abc", other, Map.of())));
  }
}
