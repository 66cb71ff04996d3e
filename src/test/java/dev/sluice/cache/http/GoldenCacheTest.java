package dev.sluice.cache.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * What is stored, for how long, and for whom: the cases of {@code src/test/resources/cache/http},
 * read line by line from the RFCs. A case is
 *
 * <pre>
 * == §3 what it is about
 * &gt; Field: of the request (by default GET without any)
 * &lt; 200
 * &lt; Field: of the response; {-60} is the time a minute before it arrived
 * + 30 s
 * &gt; Field: of the next request
 * = use FRESH
 * </pre>
 *
 * Its response arrives as soon as it was asked for, with a body of ten bytes, and with the Date of
 * that moment unless it has one; {@code < Date: none} leaves it out.
 */
class GoldenCacheTest {
  private static final long NOW = Instant.parse("2026-03-04T05:06:07Z").toEpochMilli();
  private static final Pattern TIME = Pattern.compile("\\{([+-]?\\d+)}");
  private static final DateTimeFormatter DATE =
      DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.US)
          .withZone(ZoneOffset.UTC);

  /** One case, and what has become of it so far. */
  private static final class Case {
    private MultiMap request = MultiMap.caseInsensitiveMultiMap();
    private final MultiMap response = MultiMap.caseInsensitiveMultiMap();
    private final MultiMap newer = MultiMap.caseInsensitiveMultiMap();
    private int status = 200;
    private double heuristic;
    private long delay;
    private long now = NOW;
    private long bridge;
    private Stored stored;
    private boolean answered;

    private void line(String line) {
      String text = line.substring(1).trim();
      switch (line.charAt(0)) {
        case '>' -> field(request, text);
        case '<' -> response(text);
        case '3' -> field(newer, line.substring(3).trim()); // 304
        case '+' -> later(text);
        case '%' -> setting(text);
        case '=' -> expect(text);
        default -> throw new IllegalArgumentException(line);
      }
    }

    private static void field(MultiMap to, String line) {
      int colon = line.indexOf(':');
      to.add(line.substring(0, colon), times(line.substring(colon + 1).trim()));
    }

    private void response(String text) {
      if (text.matches("\\d{3}")) status = Integer.parseInt(text);
      else field(response, text);
    }

    private void setting(String text) {
      String[] parts = text.split(" ");
      switch (parts[0]) {
        case "heuristic" -> heuristic = Double.parseDouble(parts[1]);
        case "delay" -> delay = Long.parseLong(parts[1]) * 1000;
        case "bridge" -> bridge = Long.parseLong(parts[1]) * 1000;
        case "millis" -> now += Long.parseLong(parts[1]); // into the second that Date tells of
        default -> throw new IllegalArgumentException(text);
      }
    }

    private void later(String text) {
      answer();
      now += Long.parseLong(text.replace("s", "").trim()) * 1000;
      request = MultiMap.caseInsensitiveMultiMap();
    }

    private Plan.Request asked(long at) {
      return new Plan.Request("key", "origin", request, Asked.of(request), at, at);
    }

    private void answer() {
      if (answered) return;
      answered = true;
      if (!response.contains("date")) response.set("date", DATE.format(Instant.ofEpochMilli(now)));
      if ("none".equals(response.get("date"))) response.remove("date");
      Plan plan = Plan.of(asked(now - delay), new Head(status, null, response), now, heuristic);
      stored = plan == null ? null : Stored.of(plan, Buffer.buffer("0123456789"));
    }

    private void renew() {
      if (newer.isEmpty()) return;
      if (!newer.contains("date")) newer.set("date", DATE.format(Instant.ofEpochMilli(now)));
      Head renewed = stored.renewed(newer);
      Plan plan = Plan.of(asked(now), renewed, now, heuristic);
      stored = plan == null ? null : stored.freshened(plan.fields(), plan);
      newer.clear();
    }

    private void expect(String text) {
      answer();
      renew();
      String[] parts = text.split(" ", 2);
      String rest = parts.length == 2 ? times(parts[1]) : "";
      Object found =
          switch (parts[0]) {
            case "stored" -> stored == null ? "no" : "yes";
            case "selected" ->
                Variants.NONE.with(stored, 1 << 20).select(request, Asked.of(request).authorized())
                        == null
                    ? "no"
                    : "yes";
            case "shared" ->
                !stored.setsCookies() && Use.of(stored, Asked.NOTHING, now) != Use.VALIDATE
                    ? "yes"
                    : "no";
            case "use" -> Use.of(stored, Asked.of(request), now);
            case "age" -> stored.age(now);
            case "ttl" -> stored.ttl(now);
            case "unchanged" -> stored.isUnchangedFor(request, now) ? "yes" : "no";
            case "part" -> part();
            case "onerror" ->
                Use.bridges(stored, Asked.of(request), false, bridge, now) ? "yes" : "no";
            case "onloss" ->
                Use.bridges(stored, Asked.of(request), true, bridge, now) ? "yes" : "no";
            case "groups" -> String.join(" | ", stored.plan().groups());
            case "field" -> {
              String[] named = rest.split(" ", 2);
              rest = named.length == 2 ? named[1] : "none";
              yield field(named[0]);
            }
            default -> throw new IllegalArgumentException(text);
          };
      assertEquals(rest, found.toString(), text);
    }

    private String part() {
      Stored.Part part = stored.part(request, now);
      return part == null ? "whole" : part.contentRange();
    }

    private String field(String name) {
      List<String> values = new ArrayList<>();
      stored.forEach(
          (key, value) -> {
            if (name.equalsIgnoreCase(key.toString())) values.add(value.toString());
          });
      return values.isEmpty() ? "none" : String.join(" | ", values);
    }

    private static String times(String text) {
      Matcher matcher = TIME.matcher(text);
      return matcher.replaceAll(
          found -> DATE.format(Instant.ofEpochMilli(NOW + 1000 * Long.parseLong(found.group(1)))));
    }
  }

  private static List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(Path.of("src/test/resources/cache/http"))) {
      return files.sorted().toList();
    }
  }

  private static TreeMap<String, List<String>> cases(Path file) throws IOException {
    TreeMap<String, List<String>> cases = new TreeMap<>();
    List<String> lines = null;
    for (String line : Files.readAllLines(file)) {
      if (line.isBlank() || line.startsWith("#")) continue;
      if (line.startsWith("==")) {
        lines = new ArrayList<>();
        String name = line.substring(2).trim();
        assertTrue(cases.put(name, lines) == null, "twice: " + name);
        assertTrue(name.contains("§"), "no section: " + name);
      } else {
        lines.add(line);
      }
    }
    return cases;
  }

  @TestFactory
  Stream<DynamicTest> everyCaseIsAsItsSectionSays() throws IOException {
    List<DynamicTest> tests = new ArrayList<>();
    for (Path file : files()) {
      cases(file)
          .forEach(
              (name, lines) ->
                  tests.add(
                      DynamicTest.dynamicTest(
                          file.getFileName() + " " + name,
                          () -> {
                            Case one = new Case();
                            lines.forEach(one::line);
                          })));
    }
    return tests.stream();
  }

  @Test
  void everyCaseExpectsSomethingAndThereAreMany() throws IOException {
    int count = 0;
    for (Path file : files()) {
      for (var one : cases(file).entrySet()) {
        count++;
        assertTrue(one.getValue().stream().anyMatch(l -> l.startsWith("=")), one.getKey());
      }
    }
    assertTrue(count >= 150, count + " cases");
  }
}
