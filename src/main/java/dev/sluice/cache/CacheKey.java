package dev.sluice.cache;

import dev.sluice.call.Call;
import dev.sluice.contract.CachePolicy;
import dev.sluice.contract.Operation;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What makes two calls equal, and the tags an entry of a call carries. Pure. */
public final class CacheKey {
  private static final Pattern HOLE = Pattern.compile("\\{([^{}]+)}");

  private CacheKey() {}

  /** {@code operation?name=value&…}, with the caller in front where replies are the caller's. */
  public static String of(Operation operation, Call call) {
    String asked = ofAnyone(operation, call);
    return operation.policy().cache().isPublic() ? asked : own(call.caller().subject(), asked);
  }

  /** The key of a caller's own reply to what anyone may ask. */
  public static String own(String subject, String asked) {
    StringBuilder key = new StringBuilder(subject.length() + asked.length() + 1);
    escape(key, subject);
    return key.append('@').append(asked).toString();
  }

  /** What is asked, whoever asks: {@code operation?name=value&…}. */
  public static String ofAnyone(Operation operation, Call call) {
    StringBuilder key = new StringBuilder(64);
    escape(key, operation.id());
    char separator = '?';
    for (Map.Entry<String, Object> p : call.params().values().entrySet()) {
      key.append(separator);
      escape(key, p.getKey());
      key.append('=');
      value(key, p.getValue());
      separator = '&';
    }
    return key.toString();
  }

  /** Whether the call may be answered from the cache at all. */
  public static boolean applies(Operation operation, Call call) {
    CachePolicy policy = operation.policy().cache();
    if (policy == null || (!policy.isPublic() && call.caller().isAnonymous())) return false;
    for (String parameter : policy.bypass()) if (call.params().flag(parameter)) return false;
    return true;
  }

  /** Tags with their {@code {parameter}} and {@code {user}} filled in from the call. */
  public static List<String> tags(List<String> templates, Call call) {
    List<String> tags = new ArrayList<>(templates.size());
    for (String template : templates) {
      tags.add(HOLE.matcher(template).replaceAll(hole -> filling(hole.group(1), call)));
    }
    return List.copyOf(tags);
  }

  private static String filling(String name, Call call) {
    String value = name.equals("user") ? call.caller().subject() : call.params().text(name);
    return Matcher.quoteReplacement(value == null ? "" : value);
  }

  private static void value(StringBuilder key, Object value) {
    if (!(value instanceof List<?> items)) {
      escape(key, value.toString());
      return;
    }
    for (Object item : items) {
      key.append(',');
      escape(key, item.toString());
    }
  }

  private static void escape(StringBuilder key, String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '&' || c == '=' || c == '\\' || c == '@' || c == '?' || c == ',') key.append('\\');
      key.append(c);
    }
  }
}
