package dev.sluice.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.vertx.core.MultiMap;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which targets a write makes stale beside its own (RFC 9111 §4.4). */
class InvalidationTest {
  @ParameterizedTest
  @CsvSource({
    "/b, /b",
    "b, /a/b",
    "../b?c=d, /b?c=d",
    "?c, /a/x?c",
    "http://own.example/b, /b",
    "HTTP://OWN.example/b, /b",
    "https://own.example/b, /b",
    "http://10.0.0.7:9000/b, /b",
    "//own.example/b, /b",
    "//own.example, /",
    "http://other.example/b, ",
    "http://own.example:81/b, ",
    "http://own.example@other.example/b, ",
    "mailto:a@own.example, ",
    "'/b c', ",
    "/b%2Fc, /b%2Fc",
  })
  void whereAReferenceLeads(String reference, String target) {
    MultiMap answer = MultiMap.caseInsensitiveMultiMap().add("Content-Location", reference);
    List<String> hosts = List.of("own.example", "10.0.0.7:9000");
    List<String> expected = target == null ? List.of("/a/x") : List.of("/a/x", target);
    assertEquals(expected, Invalidation.targets("/a/x", hosts, answer));
  }

  @ParameterizedTest
  @CsvSource({"/a|b", "/a{b}"})
  void itsOwnTargetIsStaleWhateverItLooksLike(String target) {
    MultiMap answer = MultiMap.caseInsensitiveMultiMap().add("Location", "/b");
    List<String> found = Invalidation.targets(target, List.of("own.example"), answer);
    assertEquals(target, found.get(0));
  }
}
