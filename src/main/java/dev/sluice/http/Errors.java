package dev.sluice.http;

import dev.sluice.call.Body;
import dev.sluice.call.Cached;
import dev.sluice.call.Failure;
import dev.sluice.call.Failure.Facts;
import dev.sluice.call.Headers;
import dev.sluice.call.Reply;
import dev.sluice.contract.Policy.ErrorShape;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** The one place where a failure becomes a reply, in the form its reader wants. */
final class Errors {
  static final String PROBLEM = "application/problem+json";

  private Errors() {}

  /**
   * Who reads it.
   *
   * @param flat whether in seed 002's form
   * @param accept the field, or null
   */
  record Reader(boolean flat, String accept, String path, String requestId) {
    static Reader of(Exchange exchange) {
      return new Reader(
          isFlat(exchange),
          exchange.request.getHeader("Accept"),
          Errors.path(exchange),
          exchange.trace.requestId());
    }
  }

  static Reply render(Failure failure, Reader reader) {
    Facts facts = failure.facts();
    boolean flat = reader.flat;
    int status =
        flat && facts.code().equals("VALIDATION_ERROR") && facts.status() == 400
            ? 422
            : facts.status();
    Body body;
    if (Negotiation.accepts(reader.accept, PROBLEM)) {
      body = new Body(problem(facts, status, reader).toBuffer(), PROBLEM);
    } else {
      body = Body.json(flat ? flat(facts, reader) : nested(facts, status, reader));
    }
    Headers headers = Headers.of("cache-control", "no-store");
    if (facts.after() != null) headers = headers.with("retry-after", facts.after().toString());
    if (failure.isReplayed()) headers = headers.with("idempotent-replayed", "true");
    if (status == 401 || status == 403 && facts.details().containsKey("error")) {
      headers = headers.with("www-authenticate", challenge(facts));
    }
    return new Reply(status, headers, body, Cached.NONE);
  }

  /** What a frame says of a failure: code, message and so on. */
  static JsonObject error(Failure failure, String requestId) {
    Facts facts = failure.facts();
    return nested(facts, facts.status(), new Reader(false, null, "", requestId))
        .getJsonObject("error");
  }

  /** RFC 6750 §3. */
  private static String challenge(Facts facts) {
    Object error = facts.details().get("error");
    if (error == null) return "Bearer";
    return "Bearer error=\"" + error + "\", error_description=\"" + facts.message() + "\"";
  }

  private static boolean isFlat(Exchange exchange) {
    if (exchange.operation != null) return exchange.operation.policy().errors() == ErrorShape.FLAT;
    String uri = exchange.request.uri();
    return uri != null && uri.startsWith("/api/v1/");
  }

  private static JsonObject nested(Facts facts, int status, Reader reader) {
    JsonObject error =
        new JsonObject()
            .put("code", facts.code())
            .put("message", facts.message())
            .put("category", facts.category().name().toLowerCase(Locale.ROOT))
            .put("statusCode", status);
    Map<String, Object> details = details(facts);
    if (!details.isEmpty()) error.put("details", new JsonObject(details));
    error.put("correlationId", reader.requestId);
    if (facts.hint() != null) error.put("suggestion", facts.hint());
    if (facts.after() != null) error.put("retryAfter", facts.after());
    JsonObject whole =
        new JsonObject()
            .put("error", error)
            .put("status", status)
            .put("retryable", facts.retryable());
    if (facts.after() != null) whole.put("retryAfter", facts.after());
    return whole;
  }

  private static JsonObject flat(Facts facts, Reader reader) {
    JsonObject error = new JsonObject().put("code", facts.code()).put("message", facts.message());
    if (!facts.details().isEmpty()) error.put("details", new JsonObject(facts.details()));
    if (!facts.fields().isEmpty()) error.put("errors", fields(facts));
    if (facts.hint() != null) error.put("suggestion", facts.hint());
    error
        .put("requestId", reader.requestId)
        .put("timestamp", Instant.now().truncatedTo(ChronoUnit.MILLIS).toString())
        .put("path", reader.path)
        .put("retryable", facts.retryable());
    if (facts.after() != null) error.put("retryAfter", facts.after());
    return error;
  }

  /** RFC 9457. */
  private static JsonObject problem(Facts facts, int status, Reader reader) {
    JsonObject problem =
        new JsonObject()
            .put("type", "about:blank")
            .put("title", facts.code())
            .put("status", status)
            .put("detail", facts.message())
            .put("instance", reader.path)
            .put("code", facts.code())
            .put("category", facts.category().name().toLowerCase(Locale.ROOT))
            .put("correlationId", reader.requestId)
            .put("retryable", facts.retryable());
    Map<String, Object> details = details(facts);
    if (!details.isEmpty()) problem.put("details", new JsonObject(details));
    if (facts.hint() != null) problem.put("suggestion", facts.hint());
    if (facts.after() != null) problem.put("retryAfter", facts.after());
    return problem;
  }

  private static Map<String, Object> details(Facts facts) {
    Map<String, Object> details = new TreeMap<>(facts.details());
    if (!facts.fields().isEmpty()) details.put("errors", fields(facts));
    return details;
  }

  private static JsonArray fields(Facts facts) {
    JsonArray all = new JsonArray();
    for (Failure.Field field : facts.fields()) {
      all.add(
          new JsonObject()
              .put("field", field.field())
              .put("message", field.message())
              .put("value", field.value()));
    }
    return all;
  }

  private static String path(Exchange exchange) {
    String path = exchange.request.path();
    return path == null ? "" : path;
  }
}
