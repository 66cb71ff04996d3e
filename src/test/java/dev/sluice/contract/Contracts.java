package dev.sluice.contract;

import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.sluice.conf.Document;
import dev.sluice.conf.InvalidConfiguration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Contracts for tests. */
final class Contracts {
  private Contracts() {}

  static Contract of(String... documents) {
    List<Source> sources = new ArrayList<>();
    for (int i = 0; i < documents.length; i++) {
      String name = "" + (char) ('a' + i);
      Document document = Document.parse(name + ".yaml", "openapi: 3.1.0\n" + documents[i]);
      sources.add(Source.ofApp(name, document));
    }
    return Contract.of(sources, Known.limits(Set.of("default", "login")));
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
