package dev.sluice.provider.http;

import dev.sluice.bus.Address;
import dev.sluice.call.Body;
import dev.sluice.call.Call;
import dev.sluice.call.Reply;
import dev.sluice.contract.Operation;
import dev.sluice.provider.Upstream;
import dev.sluice.provider.UpstreamAnswer;
import dev.sluice.provider.UpstreamRequest;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * An HTTP API as the origin of operations: each call becomes the request that its contract says,
 * and each answer below 500 the reply that it is.
 */
public final class HttpUpstream implements Upstream {
  private final String name;
  private final Supplier<String> url;
  private final Map<String, Operation> operations = new HashMap<>();

  /**
   * @param name as under {@code upstreams}
   * @param url scheme, host and port to ask, such as {@code http://127.0.0.1:9000}; asked for each
   *     request
   * @param operations those it answers
   */
  public HttpUpstream(String name, Supplier<String> url, List<Operation> operations) {
    this.name = name;
    this.url = url;
    operations.forEach(operation -> this.operations.put(operation.id(), operation));
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public List<Address<Call, Reply>> origins() {
    return operations.values().stream().map(Operation::origin).toList();
  }

  /** A refusal is the caller's to read, a breakdown is not. */
  @Override
  public boolean passesOn(int status) {
    return status < 500;
  }

  @Override
  public Future<UpstreamRequest> write(List<Call> calls) {
    Call call = calls.get(0);
    Operation operation = operations.get(call.operation());
    HttpMethod method = HttpMethod.valueOf(operation.relay().method());
    String target = url.get() + Targets.of(operation, call.params());
    Map<String, String> fields = RequestFields.of(operation, call);
    String type = fields.remove("content-type");
    Body body = type == null ? call.body() : new Body(call.body().bytes(), type);
    return Future.succeededFuture(
        new UpstreamRequest(
            method,
            target,
            RequestFields.headers(fields),
            body.isEmpty() ? Body.NONE : body,
            operation.relay().repeatable()));
  }

  @Override
  public List<Future<Reply>> read(List<Call> calls, UpstreamAnswer answer) {
    Operation operation = operations.get(calls.get(0).operation());
    return List.of(Future.succeededFuture(Answers.reply(operation, answer)));
  }

  @Override
  public boolean streams(Call call) {
    return operations.get(call.operation()).policy().streamsReply();
  }

  /** Whose own token is passed on is counted by himself. */
  @Override
  public String quotaKey(List<Call> calls) {
    String subject = calls.get(0).caller().subject();
    return subject == null ? "" : subject;
  }
}
