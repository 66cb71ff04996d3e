package dev.sluice;

import dev.sluice.app.App;
import dev.sluice.app.Engine;
import dev.sluice.conf.Document;
import dev.sluice.conf.InvalidConfiguration;
import dev.sluice.conf.Nearest;
import dev.sluice.contract.Contract;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Finds the apps that the configuration names, and reads their contracts. */
final class Contracts {
  private Contracts() {}

  static List<App> choose(List<String> names, List<App> available) {
    List<App> chosen = new ArrayList<>();
    List<String> known = available.stream().map(App::name).toList();
    for (String name : names) {
      int i = known.indexOf(name);
      if (i < 0) {
        throw new InvalidConfiguration(
            "apps: there is no app \"" + name + "\"" + Nearest.hint(name, known));
      }
      chosen.add(available.get(i));
    }
    return chosen;
  }

  /** One contract of them all, in which operations and handlers match one to one. */
  static Contract of(List<App> apps, Set<String> limits) {
    Map<String, Document> documents = new LinkedHashMap<>();
    for (App app : apps) documents.put(app.name(), read("apps/" + app.name() + "/openapi.yaml"));
    Contract contract = Contract.of(documents, limits);
    Engine idle = new Engine(null, contract, null); // handlers keep it, and do not use it yet
    for (App app : apps) contract.matchHandlers(app.name(), app.handlers(idle).keySet());
    return contract;
  }

  private static Document read(String resource) {
    try (InputStream in = Contracts.class.getResourceAsStream("/" + resource)) {
      if (in == null) throw new InvalidConfiguration(resource + ": the app has no contract");
      return Document.parse(resource, new String(in.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new InvalidConfiguration(resource + ": cannot be read");
    }
  }
}
