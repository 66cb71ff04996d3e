package dev.sluice.http;

import dev.sluice.app.Engine;
import dev.sluice.bus.FlowWriter;
import dev.sluice.call.Body;
import dev.sluice.call.Call;
import dev.sluice.call.Failure;
import dev.sluice.call.Reply;
import dev.sluice.contract.Operation;
import dev.sluice.contract.Policy;
import dev.sluice.http.batch.Answer;
import dev.sluice.http.batch.Plan;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Answers many calls in one round trip: each part passes the same guards and stations as a request
 * of its own, and fails alone. One an event loop.
 */
final class BatchDoor {
  private static final String EVENTS = "text/event-stream";
  private static final String LINES = "application/x-ndjson";
  private static final int PLANNED_AT_ONCE = 64 << 10; // bytes

  private final Means means;

  /**
   * What parts are run with.
   *
   * @param isForwarded whether a path is a prefix route's
   * @param isPage whether a path is one of the gateway's own pages
   */
  record Means(
      Vertx vertx,
      Engine engine,
      Calls calls,
      Admission admission,
      FastLane fastLane,
      Predicate<String> isForwarded,
      Predicate<String> isPage) {}

  BatchDoor(Means means) {
    this.means = means;
  }

  /** Whether an operation is answered here. */
  static boolean answers(Operation operation) {
    return operation.policy().door() == Policy.Door.BATCH;
  }

  /** Answers a call to {@code POST /batch}: when all parts are done, or part by part. */
  Future<Reply> answer(Exchange exchange, Call call) {
    if (call.body().weight() <= PLANNED_AT_ONCE) return answer(exchange, call, plan(call));
    return means
        .vertx
        .executeBlocking(() -> plan(call), false)
        .compose(plan -> answer(exchange, call, plan));
  }

  private static Plan plan(Call call) {
    return Plan.of(call.body());
  }

  private Future<Reply> answer(Exchange exchange, Call call, Plan plan) {
    BatchRun run = new BatchRun(means, exchange, call.deadline(), plan);
    exchange.onGone(run::stop);
    String accept = exchange.request.getHeader(HttpHeaders.ACCEPT);
    if (Negotiation.accepts(accept, EVENTS)) return events(exchange, run);
    if (Negotiation.accepts(accept, LINES)) return lines(exchange, run);
    return whole(exchange, run, plan.ids());
  }

  private static Future<Reply> whole(Exchange exchange, BatchRun run, List<String> ids) {
    Promise<Reply> reply = Promise.promise();
    Map<String, Answer> answers = new HashMap<>();
    exchange.onOverload(
        () -> {
          run.stop();
          answers.clear();
          reply.tryFail(Backlog.overloaded());
        });
    run.begin(
        answer -> answers.put(answer.id(), answer),
        () -> reply.tryComplete(whole(ids.stream().map(answers::get).toList())));
    return reply.future();
  }

  private static Reply whole(List<Answer> answers) {
    int weight = answers.stream().mapToInt(Answer::weight).sum();
    Buffer out = Buffer.buffer(weight + 512 * answers.size());
    out.appendString("{\"responses\":[");
    for (int i = 0; i < answers.size(); i++) {
      if (i > 0) out.appendString(",");
      answers.get(i).write(out);
    }
    return Reply.of(200, new Body(out.appendString("]}"), Body.JSON));
  }

  /** An event for each part when it is done, and one at the end (WHATWG HTML §9.2). */
  private Future<Reply> events(Exchange exchange, BatchRun run) {
    FlowWriter out = stream(exchange, run);
    run.begin(
        part -> out.write(line(part, "event: response\ndata: ").appendString("\n\n")),
        () -> {
          out.write(Buffer.buffer("event: end\ndata: {}\n\n"));
          out.end();
        });
    return out.reply(EVENTS);
  }

  private Future<Reply> lines(Exchange exchange, BatchRun run) {
    FlowWriter out = stream(exchange, run);
    run.begin(part -> out.write(line(part, "").appendString("\n")), out::end);
    return out.reply(LINES);
  }

  /** What waits in it is dropped with its client, before the reader's word is heard. */
  private FlowWriter stream(Exchange exchange, BatchRun run) {
    FlowWriter out = means.engine.open();
    out.ended().onFailure(broken -> run.stop());
    exchange.onGone(() -> out.fail(Failure.unavailable("CANCELLED", "The client has left.")));
    return out;
  }

  private static Buffer line(Answer part, String before) {
    Buffer written = Buffer.buffer(part.weight() + 1024);
    part.write(written);
    Buffer line = Answer.oneLine(written);
    return Buffer.buffer(before.length() + line.length() + 2)
        .appendString(before)
        .appendBuffer(line);
  }
}
