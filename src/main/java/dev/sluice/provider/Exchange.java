package dev.sluice.provider;

import dev.sluice.conf.Size;
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
 * One HTTP request and its whole answer. It can be ended at any moment, which resets the upstream
 * connection or stream; an answer that breaks off, is too large or comes too late fails.
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
  private final long maxBytes;
  private final UpstreamRequest what;
  private HttpClientRequest request;

  private Exchange(UpstreamRequest what, Size maxAnswer) {
    this.what = what;
    this.maxBytes = maxAnswer.bytes();
  }

  /** Sends a request for a job and waits no longer than {@code limitMillis}. */
  static Future<UpstreamAnswer> send(
      Vertx vertx, HttpClient client, UpstreamRequest what, Job job, long limitMillis, Size max) {
    Exchange exchange = new Exchange(what, max);
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
    (what.body().isEmpty() ? opened.send() : opened.send(what.body().bytes()))
        .onSuccess(this::receive)
        .onFailure(e -> end(Trouble.CONNECTION, e.getMessage()));
  }

  private void receive(HttpClientResponse response) {
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

  private void end(Trouble trouble, String message) {
    if (answer.tryFail(new Broken(trouble, message)) && request != null) request.reset();
  }
}
