package dev.sluice.http;

import dev.sluice.cache.Entry;
import dev.sluice.call.Body;
import dev.sluice.call.Cached;
import dev.sluice.call.Call;
import dev.sluice.call.Caller;
import dev.sluice.call.Deadline;
import dev.sluice.call.Failure;
import dev.sluice.call.Failure.Category;
import dev.sluice.call.JsonText;
import dev.sluice.call.Reply;
import dev.sluice.contract.Operation;
import dev.sluice.contract.Policy.ErrorShape;
import dev.sluice.contract.Routes;
import dev.sluice.http.BatchDoor.Means;
import dev.sluice.http.batch.Answer;
import dev.sluice.http.batch.Outcome;
import dev.sluice.http.batch.Part;
import dev.sluice.http.batch.Plan;
import dev.sluice.http.batch.References;
import dev.sluice.http.forward.Spelling;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.json.Json;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One batch being run. Its parts' futures never fail: what fails is answered so. */
final class BatchRun {
  private static final Logger LOG = LoggerFactory.getLogger(BatchRun.class);
  private static final int MOST_BYTES = 16 << 20; // of all answers together
  private static final int MOST_REFERRED_TO = 1 << 20; // of an answer that others refer to

  /** What a part has of the request that it came in, where it says nothing else. */
  private static final List<CharSequence> INHERITED =
      List.of(HttpHeaders.AUTHORIZATION, HttpHeaders.ACCEPT_LANGUAGE, HttpHeaders.USER_AGENT);

  private final Means means;
  private final Exchange exchange;
  private final Deadline deadline;
  private final Plan plan;
  private final MultiMap inherited = MultiMap.caseInsensitiveMultiMap();
  private final Map<String, Future<Void>> done = new HashMap<>();
  private final Map<String, Outcome> outcomes = new HashMap<>();
  private final Map<String, Future<Answer>> equal = new HashMap<>();
  private final References references = new References(outcomes::get);
  private Consumer<Answer> each; // until it is over
  private Runnable end;
  private int left;
  private int bytes;
  private boolean over;

  BatchRun(Means means, Exchange exchange, Deadline deadline, Plan plan) {
    this.means = means;
    this.exchange = exchange;
    this.deadline = deadline;
    this.plan = plan;
    MultiMap sent = exchange.request.headers();
    for (CharSequence name : INHERITED) {
      for (String value : sent.getAll(name)) inherited.add(name, value);
    }
  }

  /**
   * Runs all that can be run now, and the others after them.
   *
   * @param each is given each answer when it is there,
   * @param end and this is run after the last
   */
  void begin(Consumer<Answer> each, Runnable end) {
    this.each = each;
    this.end = end;
    this.left = plan.parts().size();
    Future<Void> turn = Future.succeededFuture();
    for (Part part : plan.parts().values()) {
      if (over) return; // there was no room for those before
      Future<Void> ended = plan.sequential() ? turn.compose(mine -> begin(part)) : begin(part);
      done.put(part.id(), ended);
      turn = ended;
    }
  }

  private Future<Void> begin(Part part) {
    if (over) return Future.succeededFuture();
    Future<Answer> answer = part.after().isEmpty() ? run(part) : after(part);
    return answer.map(this::weighed).onSuccess(this::learn).mapEmpty();
  }

  /** Nobody wants it any more: nothing of it is kept, whatever still comes of its parts. */
  void stop() {
    over = true;
    done.clear();
    outcomes.clear();
    equal.clear();
    each = null;
    end = null;
  }

  private Future<Answer> after(Part part) {
    List<Future<Void>> before = part.after().stream().map(done::get).toList();
    return Future.all(before)
        .compose(
            all -> {
              if (over) return answered(refused(part, null, Backlog.overloaded()));
              for (String id : part.after()) {
                if (!outcomes.get(id).succeeded()) return answered(refused(part, null, failed(id)));
              }
              try {
                return run(references.resolve(part));
              } catch (Failure unresolved) {
                return answered(refused(part, null, unresolved));
              }
            });
  }

  /** Equal reads are one, but for the counting; and but where one may read what others wrote. */
  private Future<Answer> run(Part part) {
    boolean isRead = part.method().equals("GET") && part.body() == null;
    if (!isRead || plan.sequential()) return alone(part);
    String same = part.path() + (part.headers().isEmpty() ? "" : "\n" + part.headers());
    Future<Answer> running = equal.get(same);
    if (running != null) return again(part, running);
    running = alone(part);
    equal.put(same, running);
    return running;
  }

  private Future<Answer> again(Part part, Future<Answer> running) {
    Future<Void> counted;
    try {
      counted = count(part);
    } catch (RuntimeException refused) {
      return answered(refused(part, null, refused));
    }
    return counted
        .compose(once -> running.map(answer -> answer.of(part.id())))
        .recover(e -> answered(refused(part, null, e)));
  }

  private Future<Void> count(Part part) {
    MultiMap headers = headers(part);
    if (means.fastLane().counts(part.path(), headers, exchange.client)) {
      return Future.succeededFuture();
    }
    Way way = way(part);
    if (way.operation == null) return Future.succeededFuture();
    return admitted(way.operation, headers).mapEmpty();
  }

  private Future<Answer> alone(Part part) {
    MultiMap headers = headers(part);
    if (part.method().equals("GET") && part.body() == null) {
      Entry hit = means.fastLane().find(part.path(), headers, exchange.client);
      if (hit != null) return answered(found(part, headers, hit));
    }
    Operation[] operation = new Operation[1];
    try {
      Future<Reply> reply = reply(part, headers, operation);
      if (!reply.isComplete()) {
        reply = reply.timeout(Math.max(1, deadline.remainingMillis()), TimeUnit.MILLISECONDS);
      }
      return reply
          .map(given -> answer(part, headers, given))
          .recover(e -> answered(refused(part, operation[0], e)));
    } catch (RuntimeException refused) {
      return answered(refused(part, operation[0], refused));
    }
  }

  private MultiMap headers(Part part) {
    if (part.headers().isEmpty()) return inherited;
    MultiMap all = MultiMap.caseInsensitiveMultiMap().addAll(inherited);
    part.headers().forEach((name, value) -> all.set(name, value));
    return all;
  }

  /**
   * Throws or fails as a request of its own would; says which operation it is, once it is known.
   */
  private Future<Reply> reply(Part part, MultiMap headers, Operation[] found) {
    Way way = way(part);
    if (way.match == null) throw nothingAt(way.path);
    Operation operation = found[0] = way.operation;
    if (operation == null) throw Calls.notAllowed(part.method(), way.match);
    checkPart(operation);
    Calls.Sent sent = new Calls.Sent(operation, way.match, way.query, headers, exchange.trace);
    return admitted(operation, headers)
        .compose(caller -> means.calls().call(sent, caller, body(operation, part, headers)))
        .compose(call -> ask(operation, part, call));
  }

  /** Where a part leads; what is null is not there. */
  private record Way(String path, String query, Routes.Match match, Operation operation) {}

  private Way way(Part part) {
    int mark = part.path().indexOf('?');
    String path = mark < 0 ? part.path() : part.path().substring(0, mark);
    String query = mark < 0 ? null : part.path().substring(mark + 1);
    Routes.Match match = means.engine().contract().routes().match(Spelling.normal(path));
    return new Way(path, query, match, match == null ? null : match.operation(part.method()));
  }

  private Future<Caller> admitted(Operation operation, MultiMap headers) {
    Admission.Asking asking = new Admission.Asking(headers, exchange.client, counted -> {});
    return means
        .admission()
        .admit(asking, operation.policy().access(), means.calls().limit(operation));
  }

  private Future<Reply> ask(Operation operation, Part part, Call call) {
    exchange.cancelsWhenGone(call, operation.policy());
    Future<Reply> reply = means.engine().answer(call);
    if (!part.method().equals("GET")) return reply;
    return reply.onSuccess(given -> means.fastLane().remember(operation, part.path(), call, given));
  }

  private static void checkPart(Operation operation) {
    if (BatchDoor.answers(operation)) {
      throw Failure.of(Category.VALIDATION, "BATCH_IN_BATCH", "A batch cannot be part of a batch.")
          .suggest("Put its parts into this one.");
    }
    if (operation.policy().door() != null) {
      throw Failure.of(Category.VALIDATION, "NOT_IN_BATCH", "A socket is no part.")
          .suggest("Open it by a request of its own.");
    }
    Calls.checkWithin(operation, "NOT_IN_BATCH");
  }

  private static Body body(Operation operation, Part part, MultiMap headers) {
    if (part.body() == null) return Body.NONE;
    if (operation.body() == null) throw Failure.invalid("body", "is not taken here", null);
    String stated = headers.get(HttpHeaders.CONTENT_TYPE);
    String type = stated == null ? Body.JSON : stated.trim();
    if (!operation.body().takes(type)) {
      throw Bodies.unsupported(type, String.join(", ", operation.body().types()));
    }
    boolean json = Body.isJson(type);
    if (!json && !(part.body() instanceof String)) {
      throw Failure.invalid("body", "must be a text, for its type is " + type, null);
    }
    if (!json) return new Body(Buffer.buffer(part.body().toString()), type);
    boolean asWritten = part.written() != null;
    return new Body(asWritten ? part.written() : Json.encodeToBuffer(part.body()), type);
  }

  private Answer found(Part part, MultiMap asked, Entry entry) {
    long now = System.currentTimeMillis();
    String status = "hit; ttl=" + entry.freshMillis(now) / 1000;
    long age = entry.ageMillis(now) / 1000;
    Cached cached = new Cached(status, entry.etag(), entry.control(), age);
    return answer(part, asked, entry.reply().cached(cached), entry.isJson());
  }

  private Answer answer(Part part, MultiMap asked, Reply reply) {
    return answer(part, asked, reply, isJson(reply.body()));
  }

  private Answer answer(Part part, MultiMap asked, Reply reply, boolean isJson) {
    MultiMap headers = MultiMap.caseInsensitiveMultiMap();
    reply.headers().forEach(headers::add);
    Responder.cacheHeaders(headers, reply.cached(), false);
    boolean isRead = part.method().equals("GET") && reply.status() == 200;
    if (isRead && Negotiation.matches(asked.get("if-none-match"), reply.etag())) {
      return new Answer(part.id(), 304, headers, null, false);
    }
    Body body = reply.body();
    if (body.type() != null && !body.isEmpty()) headers.set(HttpHeaders.CONTENT_TYPE, body.type());
    return new Answer(
        part.id(), reply.status(), headers, body.isEmpty() ? null : body.bytes(), isJson);
  }

  private Answer refused(Part part, Operation operation, Throwable cause) {
    Throwable known = cause instanceof TimeoutException ? Failure.timeout("This part") : cause;
    if (!(known instanceof Failure)) {
      LOG.error("part {} of {} failed", part.id(), exchange.trace.requestId(), known);
    }
    int mark = part.path().indexOf('?');
    String path = mark < 0 ? part.path() : part.path().substring(0, mark);
    boolean flat =
        operation == null
            ? path.startsWith("/api/v1/")
            : operation.policy().errors() == ErrorShape.FLAT;
    String accept = part.headers().get(HttpHeaders.ACCEPT);
    Errors.Reader reader = new Errors.Reader(flat, accept, path, exchange.trace.requestId());
    return answer(part, inherited, Errors.render(Failure.from(known), reader), true);
  }

  private Answer weighed(Answer answer) {
    if (answer.weight() == 0) return answer;
    if (bytes + answer.weight() <= MOST_BYTES) {
      bytes += answer.weight();
      if (!over) exchange.hold(bytes); // where there is no room, it is over
      return answer;
    }
    Failure tooLarge =
        Failure.of(
                Category.VALIDATION,
                "BATCH_TOO_LARGE",
                "With this one the answers are over 16 MiB.")
            .status(413)
            .suggest("Ask for it in a request of its own, or in a batch of fewer.");
    return refused(plan.parts().get(answer.id()), null, tooLarge);
  }

  private void learn(Answer answer) {
    if (over) return;
    outcomes.put(answer.id(), new Outcome(answer.status(), answer.headers(), () -> value(answer)));
    each.accept(answer);
    if (--left > 0) return;
    Runnable last = end;
    stop();
    last.run();
  }

  private static Object value(Answer answer) {
    if (answer.body() == null) return null;
    if (answer.weight() > MOST_REFERRED_TO) throw References.tooLarge();
    return answer.isJson() ? Json.decodeValue(answer.body()) : answer.body().toString();
  }

  private static Future<Answer> answered(Answer answer) {
    return Future.succeededFuture(answer);
  }

  /** What an upstream only calls JSON would break all the others. */
  static boolean isJson(Body body) {
    if (body.isEmpty() || !Body.isJson(body.type())) return false;
    if (body.value() != null) return true;
    return JsonText.isOne(body.bytes());
  }

  private static Failure failed(String id) {
    return Failure.of(
            Category.VALIDATION,
            "FAILED_DEPENDENCY",
            "The part " + id + ", which it needs, failed.")
        .status(424)
        .detail("part", id)
        .suggest("Look at what that part was answered.");
  }

  private Failure nothingAt(String path) {
    if (means.isPage().test(path)) {
      return Failure.of(Category.VALIDATION, "NOT_IN_BATCH", path + " is a page of the gateway's.")
          .suggest("Ask for it in a request of its own.");
    }
    if (!means.isForwarded().test(path)) return Calls.notFound(path);
    return Failure.of(
            Category.VALIDATION, "NOT_IN_BATCH", path + " is led to an upstream by a prefix route.")
        .suggest("Ask for it in a request of its own, or declare it in an OpenAPI document.");
  }
}
