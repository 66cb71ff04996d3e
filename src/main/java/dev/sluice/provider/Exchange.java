package dev.sluice.provider;

import dev.sluice.bus.FlowReader;
import dev.sluice.bus.FlowWriter;
import dev.sluice.bus.Flows;
import dev.sluice.call.Failure;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.RequestOptions;

/**
 * One HTTP request and its answer: the whole, or its head with the rest as a {@link Streaming}. It
 * can be ended at any moment, which resets the upstream connection or stream; an answer that breaks
 * off, is too large or comes too late fails.
 */
final class Exchange {
  /** Why there is no answer. */
  enum Trouble {
    CONNECTION,
    TIMEOUT,
    TOO_LARGE,
    ABANDONED
  }

  /** The failure of an exchange. */
  static final class Broken extends RuntimeException {
    private static final long serialVersionUID = 1;
    private final Trouble trouble;

    Broken(Trouble trouble, String message) {
      super(message, null, false, false);
      this.trouble = trouble;
    }

    Trouble trouble() {
      return trouble;
    }
  }

  private final Promise<UpstreamAnswer> answer = Promise.promise();
  private final Buffer body = Buffer.buffer();
  private final Traffic traffic;
  private final long maxBytes;
  private final UpstreamRequest what;
  private final Vertx vertx;
  private final Job job;
  private HttpClientRequest request;

  private Exchange(Vertx vertx, UpstreamRequest what, Job job, Traffic traffic) {
    this.vertx = vertx;
    this.what = what;
    this.job = job;
    this.traffic = traffic;
    this.maxBytes = traffic.maxAnswer().bytes();
  }

  /** Sends a request for a job and waits no longer than {@code limitMillis}. */
  static Future<UpstreamAnswer> send(
      Vertx vertx,
      HttpClient client,
      UpstreamRequest what,
      Job job,
      long limitMillis,
      Traffic traffic) {
    Exchange exchange = new Exchange(vertx, what, job, traffic);
    long timer =
        vertx.setTimer(
            Math.max(1, limitMillis), t -> exchange.end(Trouble.TIMEOUT, "no answer in time"));
    job.onReset(() -> exchange.end(Trouble.ABANDONED, "nobody waits"));
    exchange.open(client);
    return exchange.answer.future().onComplete(done -> vertx.cancelTimer(timer));
  }

  private void open(HttpClient client) {
    RequestOptions options =
        new RequestOptions().setMethod(what.method()).setAbsoluteURI(what.url());
    what.headers().forEach(options::putHeader);
    if (what.body().type() != null) {
      options.putHeader(HttpHeaders.CONTENT_TYPE, what.body().type());
    }
    client
        .request(options)
        .onSuccess(this::send)
        .onFailure(e -> end(Trouble.CONNECTION, e.getMessage()));
  }

  private void send(HttpClientRequest opened) {
    request = opened;
    opened.exceptionHandler(cause -> {}); // the answer's future tells, and need not be logged
    if (answer.future().isComplete()) {
      opened.reset();
      return;
    }
    body(opened).onSuccess(this::receive).onFailure(e -> end(Trouble.CONNECTION, e.getMessage()));
  }

  private Future<HttpClientResponse> body(HttpClientRequest opened) {
    if (what.body().isEmpty()) return opened.send();
    if (!what.body().isStreamed()) return opened.send(what.body().bytes());
    FlowReader reader = Flows.read(vertx, what.body().flow());
    boolean sized = opened.headers().contains(HttpHeaders.CONTENT_LENGTH);
    if (!sized) opened.setChunked(true);
    Future<Void> sent = reader.pipe().endOnFailure(false).to(opened);
    sent.onFailure(
        cause -> {
          boolean ours = cause instanceof Failure; // who sends the body has left
          end(ours ? Trouble.ABANDONED : Trouble.CONNECTION, cause.getMessage());
        });
    answer.future().onComplete(done -> job.over().onComplete(over -> stop(sent, reader)));
    return opened.response();
  }

  /** Answered before all was sent: the rest is of no use, and the connection neither. */
  private void stop(Future<Void> sent, FlowReader reader) {
    if (sent.isComplete()) return;
    reader.cancel();
    request.reset();
  }

  private void receive(HttpClientResponse response) {
    boolean good = response.statusCode() >= 200 && response.statusCode() < 300;
    if (job.isStreamed() && good) {
      stream(response);
      return;
    }
    response.exceptionHandler(e -> end(Trouble.CONNECTION, e.getMessage()));
    response.handler(
        chunk -> {
          if (body.length() + chunk.length() > maxBytes) {
            end(Trouble.TOO_LARGE, "answer over " + maxBytes + " bytes");
          } else {
            body.appendBuffer(chunk);
          }
        });
    response.endHandler(
        end ->
            answer.tryComplete(
                new UpstreamAnswer(what, response.statusCode(), response.headers(), body)));
  }

  private void stream(HttpClientResponse response) {
    if (answer.future().isComplete() || job.isForNobody()) {
      end(Trouble.ABANDONED, "nobody waits");
      request.reset();
      return;
    }
    FlowWriter writer = new Streaming(vertx, response, traffic.timeout()).begin();
    job.lasts(writer.ended());
    answer.complete(
        new UpstreamAnswer(what, response.statusCode(), response.headers(), null, writer.flow()));
  }

  private void end(Trouble trouble, String message) {
    if (answer.tryFail(new Broken(trouble, message)) && request != null) request.reset();
  }
}
