package dev.sluice.app.traffic;

import dev.sluice.app.App.Handler;
import dev.sluice.app.Engine;
import dev.sluice.app.Page;
import dev.sluice.app.PutOff;
import dev.sluice.call.Body;
import dev.sluice.call.Call;
import dev.sluice.call.Caller;
import dev.sluice.call.Failure;
import dev.sluice.call.Failure.Category;
import dev.sluice.call.Reply;
import dev.sluice.job.Job;
import dev.sluice.job.Records;
import dev.sluice.job.Records.Cursor;
import dev.sluice.job.Records.Filter;
import dev.sluice.job.State;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** Jobs, as those see them who have put them off, and administrators. */
final class JobOperations {
  private static final String ADMIN = "admin";

  private final Engine engine;

  JobOperations(Engine engine) {
    this.engine = engine;
  }

  Map<String, Handler> handlers() {
    return Map.of(
        "listJobs", this::listJobs,
        "listAllJobs", this::listAllJobs,
        "getJob", this::getJob,
        "deleteJob", this::deleteJob,
        "replayJob", this::replayJob);
  }

  private Records records() {
    return engine.jobs().records();
  }

  private Future<Reply> listJobs(Call call) {
    return list(call, null, call.caller().subject());
  }

  private Future<Reply> listAllJobs(Call call) {
    return list(call, call.params().text("operation"), call.params().text("userId"));
  }

  private Future<Reply> list(Call call, String operation, String subject) {
    String state = call.params().text("state");
    Filter filter =
        new Filter(PutOff.KIND, operation, subject, state == null ? null : State.of(state));
    int limit = call.params().integer("limit", 50);
    return records()
        .page(filter, after(call), limit + 1)
        .map(
            jobs -> {
              JsonArray all = new JsonArray();
              jobs.stream().limit(limit).forEach(job -> all.add(JobView.of(job)));
              JsonObject page = new JsonObject().put("jobs", all);
              if (jobs.size() > limit) page.put("nextCursor", cursor(jobs.get(limit - 1)));
              return json(200, page);
            });
  }

  private static Cursor after(Call call) {
    Page page = Page.of(call);
    return page == null ? null : new Cursor(page.time(), page.id());
  }

  private static String cursor(Job last) {
    return new Page(last.created(), last.id()).cursor();
  }

  private Future<Reply> getJob(Call call) {
    return own(call).compose(job -> answer(200, job));
  }

  private Future<Reply> deleteJob(Call call) {
    return own(call).compose(job -> job.state().isEnd() ? removed(job) : cancelled(job));
  }

  private Future<Reply> cancelled(Job job) {
    return engine
        .jobs()
        .cancel(job.id())
        .map(JobOperations::existing)
        .compose(
            now ->
                switch (now.state()) {
                  case CANCELLED -> answer(200, now);
                  case RUNNING -> answer(202, now);
                  default -> Future.failedFuture(hasEnded());
                });
  }

  private static Failure hasEnded() {
    return Failure.of(
            Failure.Category.CONFLICT, "JOB_ENDED", "This job has ended before it was cancelled.")
        .suggest("GET it to see how; DELETE it again to remove it.");
  }

  private Future<Reply> answer(int status, Job job) {
    return records().attempts(job.id()).map(attempts -> json(status, JobView.of(job, attempts)));
  }

  private Future<Reply> removed(Job job) {
    return records().remove(job.id()).map(Reply.of(204, Body.NONE));
  }

  private Future<Reply> replayJob(Call call) {
    UUID id = id(call);
    return records()
        .find(id)
        .map(JobOperations::existing)
        .compose(job -> records().replay(id))
        .map(job -> job.orElseThrow(JobOperations::notToReplay))
        .compose(job -> answer(202, job));
  }

  /** One that the caller may see: its own, or nobody's. */
  private Future<Job> own(Call call) {
    Caller caller = call.caller();
    return records()
        .find(id(call))
        .map(JobOperations::existing)
        .map(
            job -> {
              boolean may =
                  job.subject() == null
                      || job.subject().equals(caller.subject())
                      || caller.roles().contains(ADMIN);
              if (may) return job;
              throw notFound();
            });
  }

  private static Job existing(Optional<Job> job) {
    return job.filter(j -> j.kind().equals(PutOff.KIND)).orElseThrow(JobOperations::notFound);
  }

  private static UUID id(Call call) {
    try {
      return UUID.fromString(call.params().text("id"));
    } catch (IllegalArgumentException e) {
      throw notFound();
    }
  }

  private static Reply json(int status, JsonObject body) {
    return Reply.of(status, Body.json(body)).with("cache-control", "no-store");
  }

  private static Failure notFound() {
    return Failure.notFound("JOB_NOT_FOUND", "There is no such job of yours.")
        .suggest("GET /jobs lists those there are; what has ended is kept for a while only.");
  }

  private static Failure notToReplay() {
    return Failure.of(
            Category.CONFLICT,
            "JOB_NOT_ENDED",
            "It waits, runs or has succeeded: it goes on as is.")
        .suggest("Only what failed, was given up or cancelled is replayed.");
  }
}
