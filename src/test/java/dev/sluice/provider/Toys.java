package dev.sluice.provider;

import dev.sluice.call.Body;
import dev.sluice.call.Call;
import dev.sluice.call.Caller;
import dev.sluice.call.Deadline;
import dev.sluice.call.Ids;
import dev.sluice.call.Params;
import dev.sluice.call.Peer;
import dev.sluice.call.Priority;
import dev.sluice.call.Reply;
import dev.sluice.call.Trace;
import dev.sluice.call.Wish;
import dev.sluice.conf.Binding;
import dev.sluice.conf.Document;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Calls, jobs and settings for tests. */
final class Toys {
  private static final Document TRAFFIC =
      Document.parse(
          "toy.yaml",
          """
          permits: 8
          timeout: 10s
          connectTimeout: 2s
          maxAnswer: 1MiB
          mailbox: { calls: 100, bytes: 1MiB, ageing: 1h }
          retry: { attempts: 2, delay: 1ms, factor: 1, maxDelay: 1ms, jitter: 0, budget: 1,
                   statuses: [408, 429, 500, 502, 503, 504] }
          breaker: { failures: 100, reset: 1h }
          batch: { quiet: 20ms, burst: 20ms, longest: 1s }
          quota: { points: 0, window: 1m }
          """);

  private Toys() {}

  static Traffic traffic(String differs) {
    return Binding.bind(TRAFFIC.overlay(Document.parse("test.yaml", differs)), "", Traffic.class);
  }

  static Call call(String operation, String id) {
    return call(operation, id, Priority.NORMAL, null);
  }

  static Call call(String operation, String id, Priority priority, String user) {
    return new Call(
        Ids.next(),
        operation,
        Params.of(Map.of("id", id)),
        Body.NONE,
        Caller.of(user, Set.of(), Set.of(), Peer.INSIDE),
        Trace.begin(),
        priority,
        Deadline.inMillis(15_000),
        Wish.NONE);
  }

  /** A part whose deadline is past. */
  static Job.Part late(Priority priority) {
    Call call = call("x", "late", priority, null).detached(priority, Deadline.inMillis(-1));
    return new Job.Part(call, Promise.<Reply>promise());
  }

  static Job job(Priority priority) {
    return job(priority, 1, 0);
  }

  static Job job(Priority priority, int calls, int bytes) {
    List<Job.Part> parts = new ArrayList<>();
    for (int i = 0; i < calls; i++) {
      Call call = call("x", "" + i, priority, null);
      Body body = new Body(Buffer.buffer(new byte[bytes]), "a/b");
      Call heavy =
          new Call(
              call.id(),
              call.operation(),
              call.params(),
              body,
              call.caller(),
              call.trace(),
              priority,
              call.deadline(),
              Wish.NONE);
      parts.add(new Job.Part(heavy, Promise.<Reply>promise()));
    }
    return new Job(parts, "");
  }
}
