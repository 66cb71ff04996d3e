package dev.sluice.app;

import dev.sluice.bus.Event;
import dev.sluice.bus.Wire;
import dev.sluice.call.Body;
import dev.sluice.call.Call;
import dev.sluice.call.Caller;
import dev.sluice.call.Claim;
import dev.sluice.call.Deadline;
import dev.sluice.call.Failure;
import dev.sluice.call.Params;
import dev.sluice.call.Priority;
import dev.sluice.call.Reply;
import dev.sluice.call.Trace;
import dev.sluice.call.Wish;
import dev.sluice.contract.Operation;
import dev.sluice.contract.Validation;
import dev.sluice.guard.Authorize;
import dev.sluice.job.Gone;
import dev.sluice.job.Job;
import dev.sluice.job.Jobs;
import dev.sluice.job.NewJob;
import dev.sluice.job.Schedule;
import dev.sluice.job.Work;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import java.util.function.Supplier;

/** Calls that are answered before they are done, and done later as their callers' own. */
public final class PutOff implements Work {
  /** The kind of such jobs. */
  public static final String KIND = "call";

  private static final Duration FULL = Duration.ofSeconds(10); // until a full queue is tried again

  private final Vertx vertx;
  private final Jobs jobs;
  private final Asker.Desk desk;
  private final Supplier<Engine> engine;

  PutOff(Vertx vertx, Jobs jobs, Asker.Desk desk, Supplier<Engine> engine) {
    this.vertx = vertx;
    this.jobs = jobs;
    this.desk = desk;
    this.engine = engine;
  }

  /** A call as it is kept. */
  record Kept(
      Params params,
      Body body,
      Asker asker,
      String requestId,
      String traceparent,
      Priority priority,
      String key) {}

  /** 202, once it is kept; with a key, in one with the word that it is. */
  Future<Reply> put(Engine by, Operation operation, Call call) {
    UUID id = UUID.randomUUID();
    return desk.keep(id.toString(), call.caller())
        .map(asker -> job(id, operation, call, asker))
        .compose(
            job ->
                by.kept(
                    call,
                    transaction ->
                        jobs.add(transaction, job)
                            .map(
                                added -> {
                                  if (!added) throw full();
                                  return accepted(job);
                                })));
  }

  private NewJob job(UUID id, Operation operation, Call call, Asker asker) {
    Kept kept =
        new Kept(
            call.params(),
            call.body(),
            asker,
            call.trace().requestId(),
            call.trace().traceparent(),
            call.priority(),
            call.wish().key());
    return new NewJob(
        id,
        KIND,
        operation.id(),
        owner(call.caller()),
        operation.policy().ordered(),
        call.priority(),
        Buffer.buffer(Wire.encode(kept)),
        Duration.ZERO);
  }

  private NewJob.Owner owner(Caller caller) {
    return new NewJob.Owner(caller.whose(), caller.subject(), jobs.settings().perCaller());
  }

  /** RFC 7240 §4.1. */
  private static Reply accepted(NewJob job) {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("id", job.id().toString());
    body.put("operation", job.operation());
    body.put("state", "waiting");
    return Reply.of(202, Body.json(body))
        .with("location", "/jobs/" + job.id())
        .with("preference-applied", "respond-async");
  }

  @Override
  public Future<Reply> run(String id, Job job, Claim claim) {
    Operation operation = engine.get().contract().operation(job.operation());
    if (operation == null) return Future.failedFuture(Gone.operation(job.operation()));
    Kept kept = Wire.decode(job.payload().getBytes(), Kept.class);
    return desk.again(job.id().toString(), kept.asker)
        .compose(
            caller -> {
              Authorize.check(operation.policy().access(), caller);
              Validation.body(operation, kept.body);
              return engine.get().answer(call(id, operation, kept, caller, claim));
            });
  }

  private static Call call(String id, Operation operation, Kept kept, Caller caller, Claim claim) {
    return new Call(
        id,
        operation.id(),
        Validation.params(operation, kept.params),
        kept.body,
        caller,
        Trace.continued(kept.requestId, kept.traceparent),
        kept.priority,
        Deadline.in(operation.policy().timeout()),
        new Wish(kept.key, false, claim));
  }

  @Override
  public Schedule schedule() {
    return jobs.settings().schedule();
  }

  /** Tells whoever hears of it. */
  @Override
  public Future<Void> ended(Job job) {
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("id", job.id().toString());
    data.put("operation", job.operation());
    data.put("state", job.state().word());
    if (job.outcome() != null) data.put("status", job.outcome().status());
    String type = "job." + job.state().word();
    String id = job.id() + " " + job.ended().toEpochMilli();
    return engine.get().publish(new Event(id, type, job.subject(), data, job.ended()));
  }

  private static Failure full() {
    return Failure.of(
            Failure.Category.RATE_LIMIT, "QUEUE_FULL", "Too many of your jobs are open already.")
        .suggest("Wait until some of them have ended; GET /jobs shows them.")
        .retryAfter(FULL);
  }
}
