package dev.sluice.app.interceptor;

import dev.sluice.app.Interceptor;
import dev.sluice.call.Call;
import dev.sluice.call.Failure;
import dev.sluice.call.Reply;
import dev.sluice.observe.Redaction;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * Writes a line for each call once it is answered, whichever door it came through. Never a body,
 * and no parameter that is a secret by its name. Its setting {@code fields} says what is in a line.
 */
public final class Logging implements Interceptor {
  private static final Logger LOG = LoggerFactory.getLogger("dev.sluice.calls");
  private static final List<String> USUAL =
      List.of("operation", "user", "status", "code", "micros", "requestId");
  private static final Set<String> FIELDS =
      Set.of(
          "operation",
          "user",
          "session",
          "client",
          "agent",
          "params",
          "priority",
          "bodyBytes",
          "status",
          "code",
          "micros",
          "replyBytes",
          "cache",
          "requestId");
  private static final int LONGEST = 200;

  private List<String> fields = USUAL;

  @Override
  public void check(JsonObject settings) {
    Knob.onlyKnown(settings, Set.of("fields"));
    Knob.texts(settings, "fields", FIELDS);
  }

  @Override
  public Future<?> open(Opening opening) {
    List<String> wanted = Knob.texts(opening.settings(), "fields", FIELDS);
    if (!wanted.isEmpty()) fields = wanted;
    return Future.succeededFuture();
  }

  @Override
  public Future<Reply> answer(Call call, Next next) {
    long began = System.nanoTime();
    return next.answer().onComplete(outcome -> write(call, outcome, System.nanoTime() - began));
  }

  private void write(Call call, AsyncResult<Reply> outcome, long nanos) {
    if (!LOG.isInfoEnabled()) return;
    LoggingEventBuilder line = LOG.atInfo();
    values(call, outcome, nanos).forEach(line::addKeyValue);
    line.log("call");
  }

  /** What the line has, by field; what there is none of is left out. */
  Map<String, Object> values(Call call, AsyncResult<Reply> outcome, long nanos) {
    Map<String, Object> values = new LinkedHashMap<>();
    for (String field : fields) {
      Object value =
          switch (field) {
            case "operation" -> call.operation();
            case "user" -> call.caller().subject();
            case "session" -> call.caller().session();
            case "client" -> call.caller().peer().outside();
            case "agent" -> call.caller().peer().agent();
            case "params" -> params(call);
            case "priority" -> call.priority();
            case "bodyBytes" -> call.body().weight();
            case "micros" -> nanos / 1000;
            case "requestId" -> call.trace().requestId();
            default -> outcome.succeeded() ? of(outcome.result(), field) : of(outcome, field);
          };
      if (value != null) values.put(field, value instanceof String text ? brief(text) : value);
    }
    return values;
  }

  private static Object of(Reply reply, String field) {
    return switch (field) {
      case "status" -> reply.status();
      case "replyBytes" -> reply.body().weight();
      case "cache" -> reply.cached().status();
      default -> null;
    };
  }

  private static Object of(AsyncResult<Reply> failed, String field) {
    Failure failure = Failure.from(failed.cause());
    return switch (field) {
      case "status" -> failure.status();
      case "code" -> failure.code();
      default -> null;
    };
  }

  private static Map<String, String> params(Call call) {
    Map<String, String> shown = new TreeMap<>();
    call.params()
        .values()
        .forEach(
            (name, value) -> shown.put(name, Redaction.hides(name) ? "***" : brief("" + value)));
    return shown;
  }

  private static String brief(String text) {
    return text.length() <= LONGEST ? text : text.substring(0, LONGEST) + "…";
  }
}
