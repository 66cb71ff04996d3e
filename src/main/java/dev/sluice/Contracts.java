package dev.sluice;

import dev.sluice.app.App;
import dev.sluice.app.Engine;
import dev.sluice.app.traffic.TrafficApp;
import dev.sluice.conf.Document;
import dev.sluice.conf.InvalidConfiguration;
import dev.sluice.conf.Nearest;
import dev.sluice.contract.Contract;
import dev.sluice.contract.Known;
import dev.sluice.contract.Operation;
import dev.sluice.contract.Source;
import dev.sluice.guard.limit.LimitClass;
import dev.sluice.identity.Identity;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Finds the apps that the configuration names, and reads their contracts and the user's own. */
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

  /** One contract of them all, in which operations and those who answer them match one to one. */
  static Contract of(List<App> apps, Settings settings) {
    List<Source> sources = new ArrayList<>();
    for (App app : apps) {
      sources.add(Source.ofApp(app.name(), read("apps/" + app.name() + "/openapi.yaml")));
    }
    sources.addAll(own(settings.apis(), apps));
    Known known =
        new Known(
            settings.limits().keySet(),
            settings.upstreams().keySet(),
            takesTokens(settings),
            settings.apps().contains(TrafficApp.NAME),
            settings.apis().environment());
    Contract contract = Contract.of(sources, known);
    Engine idle = new Engine(null, contract, null); // handlers keep it, and do not use it yet
    for (App app : apps) contract.matchHandlers(app.name(), app.handlers(idle).keySet());
    checkGroups(contract, settings);
    checkFrames(contract);
    return contract;
  }

  /** A frame that asks for nothing is a slip. */
  private static void checkFrames(Contract contract) {
    List<String> mistakes = new ArrayList<>();
    for (Operation socket : contract.operations()) {
      socket
          .policy()
          .frames()
          .forEach(
              (type, frame) -> {
                if (contract.operation(frame.operation()) != null) return;
                mistakes.add(
                    "x-sluice.frames.%s of %s: there is no operation %s"
                        .formatted(type, socket.id(), frame.operation()));
              });
    }
    if (!mistakes.isEmpty()) throw new InvalidConfiguration(mistakes);
  }

  /** A group that counts nothing is a slip: what was to be limited is not. */
  private static void checkGroups(Contract contract, Settings settings) {
    Set<String> paths = new HashSet<>();
    contract.operations().forEach(operation -> paths.add(operation.path()));
    settings.routes().forEach(route -> paths.add(route.path()));
    List<String> mistakes = new ArrayList<>();
    settings
        .limits()
        .forEach(
            (name, limit) -> {
              for (String group : limit.paths()) {
                if (paths.stream().anyMatch(path -> LimitClass.isUnder(group, path))) continue;
                mistakes.add(
                    "limits.%s.paths: no operation or route is under %s; a part of a route needs a route of its own"
                        .formatted(name, group));
              }
            });
    if (!mistakes.isEmpty()) throw new InvalidConfiguration(mistakes);
  }

  /** Whether there is anybody whose tokens are taken: an outside issuer, or the gateway itself. */
  private static boolean takesTokens(Settings settings) {
    return !settings.identity().issuers().isEmpty() || settings.apps().contains(Identity.NAME);
  }

  /** The user's own documents, each by its file's name without the ending. */
  private static List<Source> own(Apis apis, List<App> apps) {
    List<Source> sources = new ArrayList<>();
    List<String> mistakes = new ArrayList<>();
    Map<String, String> taken = new HashMap<>();
    apps.forEach(app -> taken.put(app.name(), "the app " + app.name()));
    for (String file : apis.documents().keySet()) {
      String name = Path.of(file).getFileName().toString().replaceFirst("\\.[^.]*$", "");
      String first = taken.putIfAbsent(name, file);
      if (first != null) {
        mistakes.add(file + ": goes by the same name as " + first + "; rename the file");
      }
      try {
        sources.add(Source.own(name, Document.read(Path.of(file))));
      } catch (InvalidConfiguration e) {
        mistakes.add(e.getMessage());
      }
    }
    if (!mistakes.isEmpty()) throw new InvalidConfiguration(mistakes);
    return sources;
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
