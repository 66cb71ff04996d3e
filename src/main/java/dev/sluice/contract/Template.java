package dev.sluice.contract;

import dev.sluice.call.Params;
import dev.sluice.conf.Overrides;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A text in which {@code {parameter}} stands for a call's value, and {@code ${VAR}} for one of the
 * environment, which is taken as it is: a secret with braces in it names no parameter.
 */
public final class Template {
  private static final Pattern HOLE = Pattern.compile("\\$\\{[^}]*}|\\{([^{}/]+)}");

  /** Text as it is, or the name of a parameter; the other is null. */
  private record Part(String text, String parameter) {}

  private final String source;
  private final List<Part> parts = new ArrayList<>();

  private Template(String source) {
    this.source = source;
  }

  /** Reads a template; {@code mistake} is told of variables that are not set. */
  static Template of(String source, Map<String, String> environment, Consumer<String> mistake) {
    Template template = new Template(source);
    Matcher hole = HOLE.matcher(source);
    int end = 0;
    while (hole.find()) {
      template.text(source.substring(end, hole.start()));
      if (hole.group(1) != null) template.parts.add(new Part(null, hole.group(1)));
      else template.text(Overrides.fill(hole.group(), environment, mistake));
      end = hole.end();
    }
    template.text(source.substring(end));
    return template;
  }

  private void text(String text) {
    if (!text.isEmpty()) parts.add(new Part(text, null));
  }

  /** The parameters it needs. */
  public Set<String> parameters() {
    Set<String> names = new LinkedHashSet<>();
    for (Part part : parts) if (part.parameter != null) names.add(part.parameter);
    return names;
  }

  public boolean isEmpty() {
    return parts.isEmpty();
  }

  /** Whether what is fixed of it may stand in a header field (RFC 9110 §5.5). */
  boolean isField() {
    return parts.stream()
        .filter(part -> part.text != null)
        .allMatch(part -> part.text.chars().allMatch(c -> c >= ' ' && c < 0x7f || c == '\t'));
  }

  /** The one parameter of which it is nothing but the value; else null. */
  public String alone() {
    return parts.size() == 1 ? parts.get(0).parameter : null;
  }

  /** The text for a call, each value put into it by {@code form}; null where one is missing. */
  public String fill(Params params, Function<Object, String> form) {
    StringBuilder filled = new StringBuilder();
    for (Part part : parts) {
      if (part.text != null) {
        filled.append(part.text);
        continue;
      }
      Object value = params.values().get(part.parameter);
      if (value == null) return null;
      filled.append(form.apply(value));
    }
    return filled.toString();
  }

  /** As it was written: what came from the environment is nobody's to see. */
  @Override
  public String toString() {
    return source;
  }
}
