package dev.sluice.http.batch;

import dev.sluice.call.Failure;
import dev.sluice.call.Failure.Category;
import io.vertx.core.MultiMap;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * {@code {{id.body.field}}}, {@code {{id.headers.name}}} and {@code {{id.status}}}: what another
 * part was answered, in a path, a field or a text of a body. In a body, one that is the whole text
 * stands for the value as it is. Other braces are text.
 */
public final class References {
  private static final Pattern REFERENCE =
      Pattern.compile("\\{\\{\\s*([A-Za-z0-9_-]{1,64})\\.([^{}]{1,512}?)\\s*}}");
  private static final Pattern SAID =
      Pattern.compile("status|body(\\.[^.]+)*|headers\\.[A-Za-z0-9!#$%&'*+.^_`|~-]+");

  /** What all references of a batch together may stand for: a few bytes must not become many. */
  private static final int MOST = 256 * 1024;

  private static final int NODE = 8; // what a value weighs beside its text

  private final Function<String, Outcome> outcomes;
  private final Map<String, Object> bodies = new HashMap<>(); // that were read for one part
  private int inserted;

  /** To parts that have been answered; null for what is no part. */
  public References(Function<String, Outcome> outcomes) {
    this.outcomes = outcomes;
  }

  /** The parts that one refers to. Throws IllegalArgumentException where one refers to nothing. */
  static Set<String> in(Part part, Set<String> ids) {
    Set<String> found = new LinkedHashSet<>();
    find(part.path(), ids, found);
    part.headers().forEach((name, value) -> find(value, ids, found));
    if (!part.literal()) findIn(part.body(), ids, found);
    return found;
  }

  private static void findIn(Object value, Set<String> ids, Set<String> found) {
    if (value instanceof String text) find(text, ids, found);
    else if (value instanceof JsonObject object)
      object.forEach(e -> findIn(e.getValue(), ids, found));
    else if (value instanceof JsonArray array) array.forEach(item -> findIn(item, ids, found));
  }

  private static void find(String text, Set<String> ids, Set<String> found) {
    if (text.indexOf('{') < 0) return;
    for (Matcher m = REFERENCE.matcher(text); m.find(); ) {
      boolean said = SAID.matcher(m.group(2)).matches();
      boolean known = ids.contains(m.group(1));
      if (said && !known) {
        throw new IllegalArgumentException(
            m.group()
                + " refers to no part of this batch; of a body that is to be taken as it is,"
                + " say \"literal\": true");
      }
      if (known && !said) {
        throw new IllegalArgumentException(
            m.group() + " must go on with .status, .headers.name or .body.field");
      }
      if (!known) continue;
      found.add(m.group(1));
    }
  }

  /** A part with all that it refers to in its place. Throws REFERENCE_NOT_FOUND, or TOO_LARGE. */
  public Part resolve(Part part) {
    if (part.after().isEmpty()) return part;
    try {
      return resolved(part);
    } finally {
      bodies.clear();
    }
  }

  private Part resolved(Part part) {
    MultiMap headers = MultiMap.caseInsensitiveMultiMap();
    part.headers().forEach((name, value) -> headers.add(name, text(value, References::field)));
    Object body = part.literal() ? part.body() : value(part.body());
    return part.with(text(part.path(), References::encoded), headers, body);
  }

  private Object value(Object given) {
    if (given instanceof String text) {
      Matcher whole = REFERENCE.matcher(text);
      boolean is = whole.matches() && outcomes.apply(whole.group(1)) != null;
      return is ? weighed(look(whole)) : text(text, plain -> plain);
    }
    if (given instanceof JsonObject object) {
      JsonObject resolved = new JsonObject();
      for (Map.Entry<String, Object> e : object) resolved.put(e.getKey(), value(e.getValue()));
      return resolved;
    }
    if (given instanceof JsonArray array) {
      JsonArray resolved = new JsonArray();
      array.forEach(item -> resolved.add(value(item)));
      return resolved;
    }
    return given;
  }

  private String text(String given, Function<String, String> form) {
    if (given.indexOf('{') < 0) return given;
    Matcher m = REFERENCE.matcher(given);
    StringBuilder text = new StringBuilder();
    while (m.find()) {
      boolean is = outcomes.apply(m.group(1)) != null;
      m.appendReplacement(text, Matcher.quoteReplacement(is ? form.apply(scalar(m)) : m.group()));
    }
    return m.appendTail(text).toString();
  }

  private String scalar(Matcher reference) {
    Object value = look(reference);
    if (value instanceof JsonObject || value instanceof JsonArray || value == null) {
      throw notFound(reference, "is no text or number, which alone can stand there");
    }
    return weighed(value).toString();
  }

  private Object weighed(Object value) {
    weigh(value);
    return value;
  }

  private void weigh(Object value) {
    inserted += NODE + (value instanceof CharSequence text ? text.length() : 0);
    if (inserted > MOST) throw tooLarge();
    if (value instanceof JsonObject object) {
      for (Map.Entry<String, Object> e : object) {
        inserted += e.getKey().length();
        weigh(e.getValue());
      }
    } else if (value instanceof JsonArray array) {
      array.forEach(this::weigh);
    }
  }

  private Object look(Matcher reference) {
    Outcome outcome = outcomes.apply(reference.group(1));
    String said = reference.group(2);
    if (said.equals("status")) return outcome.status();
    if (said.startsWith("headers.")) {
      String value = outcome.headers().get(said.substring("headers.".length()));
      if (value == null) throw notFound(reference, "is not among the fields of that answer");
      return value;
    }
    Object value = body(reference.group(1), outcome);
    String[] steps = said.split("\\.");
    for (int i = 1; i < steps.length; i++) value = step(reference, value, steps[i]);
    return value;
  }

  private Object body(String id, Outcome outcome) {
    if (!bodies.containsKey(id)) bodies.put(id, outcome.body().get());
    return bodies.get(id);
  }

  private static Object step(Matcher reference, Object value, String name) {
    if (value instanceof JsonObject object && object.containsKey(name))
      return object.getValue(name);
    if (value instanceof JsonArray array && name.matches("[0-9]{1,6}")) {
      int at = Integer.parseInt(name);
      if (at < array.size()) return array.getValue(at);
    }
    throw notFound(reference, "is not in that answer");
  }

  /** As one segment of a path, or one value of a query (RFC 3986 §2.1). */
  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20").replace("*", "%2A");
  }

  private static String field(String text) {
    if (text.chars().allMatch(c -> c >= 0x20 && c < 0x7f || c == '\t')) return text;
    throw refused("What a field refers to has characters that no field can have.");
  }

  private static Failure notFound(Matcher reference, String reason) {
    return refused(reference.group() + " " + reason + ".");
  }

  /** 400 for references that stand for more than is put together here. */
  public static Failure tooLarge() {
    String message = "What the references of this batch stand for is too large.";
    return Failure.of(Category.VALIDATION, "REFERENCE_TOO_LARGE", message)
        .suggest("Refer to single fields, or ask for large things in requests of their own.");
  }

  private static Failure refused(String message) {
    return Failure.of(Category.VALIDATION, "REFERENCE_NOT_FOUND", message)
        .suggest("Look at what the part it refers to was answered.");
  }
}
