package dev.sluice;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.conf.Binding;
import dev.sluice.conf.Document;
import dev.sluice.conf.InvalidConfiguration;
import dev.sluice.conf.Overrides;
import dev.sluice.conf.Usual;
import dev.sluice.contract.Contract;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A configuration as it was read.
 *
 * @param document all of it, every override applied, with the places its values come from
 * @param settings what it says
 */
record Loaded(Document document, Settings settings) {
  private static final String DEFAULTS = "conf/sluice.yaml";

  /** What parts must have and no default gives, where nothing else of theirs is at odds with it. */
  private static final String TYPICAL =
      """
      interceptors: { "*": { name: x } }
      routes: { "*": { path: "/**", upstream: x } }
      limits: { "*": { ip: { requests: 1, window: 1m } } }
      identity:
        issuers: { "*": { issuer: x, audience: [x], keysUrl: "https://localhost/" } }
      upstreams:
        "*":
          url: "https://localhost"
          targets: { "*": { url: "https://localhost" } }
          health: { path: / }
      """;

  /**
   * As {@link Settings#load}.
   *
   * @param apps the names of the apps that there are; empty, it is not known yet
   */
  static Loaded of(
      Path file,
      Map<String, String> environment,
      Map<String, JsonNode> arguments,
      Collection<String> apps) {
    Document usual = defaults();
    Document document = file == null ? usual : usual.overlay(Document.read(file));
    List<String> mistakes = new ArrayList<>();
    document = Overrides.apply(document, environment, mistakes).overlay(of(arguments));
    if (file != null) document = PemFiles.found(document, file, Apis.home(file));
    document = Apis.found(document, file, environment, mistakes);
    Set<String> places = mistakes.stream().map(Loaded::place).collect(Collectors.toSet());
    List<String> more = new ArrayList<>();
    Settings settings = Binding.bind(document, "", Settings.class, instead(usual), more);
    References.check(document, apps, more);
    more.removeIf(mistake -> places.contains(place(mistake))); // for want of what is not there
    mistakes.addAll(more);
    if (!mistakes.isEmpty()) throw new InvalidConfiguration(mistakes);
    return new Loaded(document, settings);
  }

  private static Usual instead(Document usual) {
    return new Usual(usual.root(), Document.parse("typical", TYPICAL).root());
  }

  /** The contract of what would be mounted. Throws {@link InvalidConfiguration}. */
  Contract contract() {
    try {
      return Gateway.check(settings);
    } catch (InvalidConfiguration e) {
      throw placed(e);
    }
  }

  /** The same mistakes, where they begin with a JSON pointer with the place it stands for. */
  InvalidConfiguration placed(InvalidConfiguration found) {
    return new InvalidConfiguration(
        found
            .getMessage()
            .lines()
            .map(
                line ->
                    line.matches("/[^ ]*: .*")
                        ? document.mistake(
                            line.substring(0, line.indexOf(": ")),
                            line.substring(line.indexOf(": ") + 2))
                        : line)
            .toList());
  }

  private static String place(String mistake) {
    return mistake.replaceFirst("(:[0-9]+): .*", "$1");
  }

  private static Document defaults() {
    try (InputStream in = Settings.class.getResourceAsStream("/" + DEFAULTS)) {
      return Document.parse(DEFAULTS, new String(in.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Document of(Map<String, JsonNode> arguments) {
    ObjectNode root = JsonNodeFactory.instance.objectNode();
    arguments.forEach(
        (pointer, value) -> {
          ObjectNode parent = root;
          String[] keys = pointer.substring(1).split("/");
          for (int i = 0; i < keys.length - 1; i++) parent = parent.withObjectProperty(keys[i]);
          parent.set(keys[keys.length - 1], value);
        });
    Map<String, String> places = new HashMap<>();
    arguments.keySet().forEach(pointer -> places.put(pointer, "command line"));
    return new Document("configuration", root, places);
  }
}
