package dev.sluice.contract;

import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.sluice.conf.Document;
import dev.sluice.conf.InvalidConfiguration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** Contracts for tests. */
final class Contracts {
  private Contracts() {}

  static Contract of(String... documents) {
    Map<String, Document> byApp = new LinkedHashMap<>();
    for (int i = 0; i < documents.length; i++) {
      String name = "" + (char) ('a' + i);
      byApp.put(name, Document.parse(name + ".yaml", "openapi: 3.1.0\n" + documents[i]));
    }
    return Contract.of(byApp, Set.of("default", "login"));
  }

  static String mistake(String... documents) {
    return assertThrows(InvalidConfiguration.class, () -> of(documents)).getMessage();
  }

  /** One GET operation {@code x} at a path, with more keys as YAML of its own lines. */
  static Operation operation(String path, String more) {
    return of(get(path, more)).operation("x");
  }

  static String get(String path, String more) {
    return "paths:\n  \""
        + path
        + "\":\n    get:\n      operationId: x\n"
        + more.indent(6).stripTrailing()
        + "\n";
  }
}
