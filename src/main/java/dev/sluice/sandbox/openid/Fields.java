package dev.sluice.sandbox.openid;

import dev.sluice.sandbox.openid.Refusal.Reason;
import io.vertx.core.MultiMap;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.Locale;

/**
 * The parameters of a request. An empty one counts as none, and none may come twice (RFC 6749 §3.1
 * and §3.2).
 */
public record Fields(MultiMap values) {

  private static final String FORM = "application/x-www-form-urlencoded";

  static Fields ofQuery(RoutingContext ctx) {
    return new Fields(ctx.queryParams());
  }

  /** Those of a form in the body; refuses a body of another type. */
  public static Fields ofForm(RoutingContext ctx) {
    String type = String.valueOf(ctx.request().getHeader("content-type"));
    if (!type.toLowerCase(Locale.ROOT).startsWith(FORM)) {
      throw new Refusal(Reason.NOT_A_FORM, type);
    }
    return new Fields(ctx.request().formAttributes());
  }

  /** The value, or null. */
  public String get(String name) {
    List<String> all = values.getAll(name);
    if (all.size() > 1) {
      throw new Refusal(Reason.REPEATED, name);
    }
    return all.isEmpty() || all.get(0).isEmpty() ? null : all.get(0);
  }

  /** The value; refuses a request without. */
  public String require(String name) {
    String value = get(name);
    if (value == null) {
      throw new Refusal(Reason.MISSING, name);
    }
    return value;
  }

  /** The words of a value, each once, as scopes and prompts are written. */
  public List<String> words(String name) {
    String value = get(name);
    return value == null
        ? List.of()
        : List.of(value.trim().split(" +")).stream().distinct().toList();
  }
}
