package dev.sluice.call;

import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The one error type: what went wrong, whose fault it is, and what to do next. It crosses the event
 * bus as itself and carries no stack trace.
 */
public final class Failure extends ReplyException {
  private static final long serialVersionUID = 1;

  /** Whose fault it is; each has a usual HTTP status. */
  public enum Category {
    VALIDATION(400),
    AUTHENTICATION(401),
    AUTHORIZATION(403),
    NOT_FOUND(404),
    CONFLICT(409),
    RATE_LIMIT(429),
    UPSTREAM(502),
    SERVER(500),
    SERVICE_UNAVAILABLE(503);

    final int status;

    Category(int status) {
      this.status = status;
    }
  }

  /** One field of a request that breaks its contract. */
  public record Field(String field, String message, Object value) {}

  /** Everything a failure says, in the form that crosses a wire. */
  public record Facts(
      String code,
      String message,
      Category category,
      int status,
      Map<String, Object> details,
      List<Field> fields,
      String hint,
      boolean retryable,
      Long after) {

    Facts withStatus(int status) {
      return new Facts(code, message, category, status, details, fields, hint, retryable, after);
    }

    Facts withDetails(Map<String, Object> details) {
      return new Facts(code, message, category, status, details, fields, hint, retryable, after);
    }

    Facts withFields(List<Field> fields) {
      return new Facts(code, message, category, status, details, fields, hint, retryable, after);
    }

    Facts withHint(String hint) {
      return new Facts(code, message, category, status, details, fields, hint, retryable, after);
    }

    Facts withRetry(boolean retryable, Long after) {
      return new Facts(code, message, category, status, details, fields, hint, retryable, after);
    }
  }

  private final transient Facts facts;
  private final boolean replayed;

  public Failure(Facts facts) {
    this(facts, false);
  }

  private Failure(Facts facts, boolean replayed) {
    super(ReplyFailure.RECIPIENT_FAILURE, facts.status, facts.message, true);
    this.facts = facts;
    this.replayed = replayed;
  }

  /** A failure with its category's usual status; unavailable ones and upstreams' are retryable. */
  public static Failure of(Category category, String code, String message) {
    boolean retryable =
        switch (category) {
          case RATE_LIMIT, UPSTREAM, SERVICE_UNAVAILABLE -> true;
          default -> false;
        };
    return new Failure(
        new Facts(
            code, message, category, category.status, Map.of(), List.of(), null, retryable, null));
  }

  /** The request breaks its contract in these fields. */
  public static Failure invalid(List<Field> fields) {
    String first = fields.get(0).field() + ": " + fields.get(0).message();
    String all = fields.size() == 1 ? first : first + " (and " + (fields.size() - 1) + " more)";
    return new Failure(
        of(Category.VALIDATION, "VALIDATION_ERROR", all)
            .facts
            .withFields(List.copyOf(fields))
            .withHint("Correct the named fields; GET /openapi.yaml has the contract."));
  }

  public static Failure invalid(String field, String message, Object value) {
    return invalid(List.of(new Field(field, message, value)));
  }

  public static Failure notFound(String code, String message) {
    return of(Category.NOT_FOUND, code, message);
  }

  /** An error of our own; the cause belongs in the log, never in the message. */
  public static Failure internal() {
    return of(Category.SERVER, "INTERNAL_ERROR", "Something went wrong inside the gateway.")
        .suggest("Try again; if it stays, report the correlation id.");
  }

  public static Failure timeout(String what) {
    return of(Category.UPSTREAM, "TIMEOUT", what + " did not answer in time.").status(504);
  }

  public static Failure unavailable(String code, String message) {
    return of(Category.SERVICE_UNAVAILABLE, code, message);
  }

  public Failure status(int status) {
    return new Failure(facts.withStatus(status));
  }

  /** What the person who meets it can do next. */
  public Failure suggest(String suggestion) {
    return new Failure(facts.withHint(suggestion));
  }

  public Failure detail(String name, Object value) {
    Map<String, Object> details = new LinkedHashMap<>(facts.details);
    details.put(name, value);
    return new Failure(facts.withDetails(details));
  }

  /** Worth another try, not before that time has passed. */
  public Failure retryAfter(Duration time) {
    return new Failure(facts.withRetry(true, Math.max(1, (time.toMillis() + 999) / 1000)));
  }

  /** The same failure, not worth repeating. */
  public Failure isFinal() {
    return new Failure(facts.withRetry(false, null));
  }

  /** The same, said again to a repeat of the call that it came to. */
  public Failure again() {
    return new Failure(facts, true);
  }

  public boolean isReplayed() {
    return replayed;
  }

  /** The failure behind any throwable; a stranger becomes {@link #internal}. */
  public static Failure from(Throwable cause) {
    if (cause instanceof Failure failure) return failure;
    if (cause instanceof ReplyException reply) {
      return switch (reply.failureType()) {
        case TIMEOUT -> timeout("The service asked");
        case NO_HANDLERS ->
            unavailable("SERVICE_UNAVAILABLE", "The service asked is not running.")
                .retryAfter(Duration.ofSeconds(1));
        default -> internal();
      };
    }
    return internal();
  }

  public Facts facts() {
    return facts;
  }

  public String code() {
    return facts.code;
  }

  public Category category() {
    return facts.category;
  }

  public int status() {
    return facts.status;
  }
}
