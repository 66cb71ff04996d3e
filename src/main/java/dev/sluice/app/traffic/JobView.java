package dev.sluice.app.traffic;

import dev.sluice.call.Body;
import dev.sluice.call.Failure;
import dev.sluice.call.Reply;
import dev.sluice.guard.idempotency.Outcome;
import dev.sluice.job.Attempt;
import dev.sluice.job.Job;
import dev.sluice.job.State;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Locale;

/** A job as it is shown. */
final class JobView {
  private JobView() {}

  /** In a list. */
  static JsonObject of(Job job) {
    JsonObject view =
        new JsonObject()
            .put("id", job.id().toString())
            .put("operation", job.operation())
            .put("state", job.state().word())
            .put("createdAt", text(job.created()))
            .put("tries", job.attempts());
    if (job.subject() != null) view.put("userId", job.subject());
    if (job.ended() != null) view.put("endedAt", text(job.ended()));
    if (job.state() == State.WAITING) view.put("nextTryAt", text(job.due()));
    if (job.state() == State.WAITING && job.blocked()) view.put("behindOthers", true);
    if (job.state() == State.RUNNING && job.stopping()) view.put("stopping", true);
    return view;
  }

  /** On its own. */
  static JsonObject of(Job job, List<Attempt> attempts) {
    JsonArray all = new JsonArray();
    attempts.forEach(attempt -> all.add(of(attempt)));
    JsonObject view = of(job).put("attempts", all);
    boolean ended = job.state().isEnd() && job.outcome() != null;
    return ended ? view.put("result", result(job.outcome())) : view;
  }

  private static JsonObject of(Attempt attempt) {
    JsonObject view =
        new JsonObject()
            .put("beganAt", text(attempt.began()))
            .put("endedAt", text(attempt.ended()))
            .put("counts", attempt.counts());
    if (attempt.status() != null) view.put("status", attempt.status());
    if (attempt.code() != null) view.put("code", attempt.code());
    if (attempt.message() != null) view.put("message", attempt.message());
    return view;
  }

  private static JsonObject result(Outcome outcome) {
    JsonObject result = new JsonObject().put("status", outcome.status());
    if (outcome.reply() == null) return result.put("error", error(outcome.failure()));
    Reply reply = outcome.reply();
    JsonObject headers = new JsonObject();
    reply.headers().forEach(headers::put);
    if (reply.body().type() != null) headers.put("content-type", reply.body().type());
    body(result.put("headers", headers), reply.body());
    return result;
  }

  private static void body(JsonObject result, Body body) {
    if (body.isEmpty()) return;
    String type = body.type() == null ? "" : body.type().toLowerCase(Locale.ROOT);
    if (type.startsWith(Body.JSON) || type.contains("+json")) {
      try {
        result.put("body", Json.decodeValue(body.bytes()));
        return;
      } catch (DecodeException e) {
        // no JSON after all
      }
    }
    if (type.startsWith("text/")) result.put("body", body.bytes().toString());
    else {
      result.put("body", Base64.getEncoder().encodeToString(body.bytes().getBytes()));
      result.put("base64", true);
    }
  }

  private static JsonObject error(Failure.Facts failure) {
    JsonObject error =
        new JsonObject()
            .put("code", failure.code())
            .put("message", failure.message())
            .put("category", failure.category().name().toLowerCase(Locale.ROOT));
    if (!failure.details().isEmpty()) error.put("details", new JsonObject(failure.details()));
    if (failure.hint() != null) error.put("suggestion", failure.hint());
    return error;
  }

  private static String text(Instant time) {
    return time.toString();
  }
}
