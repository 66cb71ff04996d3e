package dev.sluice.provider;

import dev.sluice.call.Body;
import dev.sluice.call.Call;
import dev.sluice.call.Failure;
import dev.sluice.call.Headers;
import dev.sluice.call.Reply;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonArray;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Speaks to {@link ToyServer}: {@code get}, {@code batch}, and {@code post}, which may not repeat.
 */
final class ToyUpstream implements Upstream {
  static final int MOST = 5;

  private final String url;
  volatile String missing;
  volatile int renewed;

  ToyUpstream(String url) {
    this.url = url;
  }

  @Override
  public String name() {
    return "toy";
  }

  @Override
  public String missingSetting() {
    return missing;
  }

  @Override
  public BatchKey batch(Call call) {
    return call.operation().equals("batch") ? new BatchKey("batch", MOST) : null;
  }

  @Override
  public boolean streams(Call call) {
    return call.operation().equals("stream");
  }

  @Override
  public Future<UpstreamRequest> write(List<Call> calls) {
    String operation = calls.get(0).operation();
    if (operation.equals("unwritable")) throw new IllegalStateException("no");
    String query =
        calls.stream().map(c -> "id=" + c.params().text("id")).collect(Collectors.joining("&"));
    boolean post = operation.equals("post");
    return Future.succeededFuture(
        new UpstreamRequest(
            post ? HttpMethod.POST : HttpMethod.GET,
            url + "/?" + query,
            Headers.NONE,
            calls.get(0).body(),
            !post));
  }

  @Override
  public List<Future<Reply>> read(List<Call> calls, UpstreamAnswer answer) {
    if (answer.status() != 200) {
      Failure failure = Failure.notFound("TOY_" + answer.status(), "no");
      return calls.stream().map(call -> Future.<Reply>failedFuture(failure)).toList();
    }
    if (answer.flow() != null) {
      Body body = Body.streamed(answer.flow(), answer.headers().get("Content-Type"));
      return List.of(Future.succeededFuture(Reply.of(200, body)));
    }
    JsonArray data = answer.json().getJsonArray("data");
    return java.util.stream.IntStream.range(0, calls.size())
        .mapToObj(i -> Future.succeededFuture(Reply.of(200, Body.text(data.getString(i)))))
        .toList();
  }

  @Override
  public Future<Boolean> renew(List<Call> calls, UpstreamAnswer answer) {
    renewed++;
    return Future.succeededFuture(true);
  }

  @Override
  public String quotaKey(List<Call> calls) {
    String user = calls.get(0).caller().subject();
    return user == null ? "" : user;
  }
}
