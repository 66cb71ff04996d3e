package dev.sluice.cache;

import dev.sluice.call.Call;
import dev.sluice.call.Caller;
import dev.sluice.call.Deadline;
import dev.sluice.call.Ids;
import dev.sluice.call.Params;
import dev.sluice.call.Peer;
import dev.sluice.call.Wish;
import dev.sluice.conf.Document;
import dev.sluice.contract.Contract;
import dev.sluice.contract.Known;
import dev.sluice.contract.Operation;
import dev.sluice.contract.Source;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Operations and calls for tests. */
final class Operations {
  private Operations() {}

  /** A contract with one operation {@code x}, cached as the flow mapping says. */
  static Contract contract(String cache) {
    String user = cache.contains("scope: user") ? "auth: passthrough, " : "";
    String yaml =
        """
        openapi: 3.1.0
        paths:
          /x:
            get:
              operationId: x
              parameters:
                - { name: a, in: query, schema: { type: string } }
                - { name: b, in: query, schema: { type: string } }
                - { name: fresh, in: query, schema: { type: boolean } }
                - { name: list, in: query, schema: { type: array, items: { type: string } } }
              x-sluice: { %s timeout: 10s, cache: %s }
        """
            .formatted(user, cache);
    return Contract.of(
        List.of(Source.ofApp("app", Document.parse("x.yaml", yaml))),
        Known.limits(Set.of("default")));
  }

  static Operation operation(String cache) {
    return contract(cache).operation("x");
  }

  static Call call(Map<String, Object> params) {
    return Call.of("x", params, Deadline.inMillis(15_000));
  }

  static Call call(String user, Map<String, Object> params) {
    Call call = call(params);
    return new Call(
        Ids.next(),
        "x",
        Params.of(params),
        call.body(),
        user == null ? Caller.NOBODY : Caller.of(user, Set.of(), Set.of(), Peer.INSIDE),
        call.trace(),
        call.priority(),
        call.deadline(),
        Wish.NONE);
  }
}
