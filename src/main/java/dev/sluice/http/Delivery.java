package dev.sluice.http;

import dev.sluice.call.Failure;
import dev.sluice.http.forward.Fields;
import dev.sluice.upstream.Trouble;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import java.util.function.Consumer;

/** Gives an upstream's answer to one client as it comes, and keeps nothing of it. */
final class Delivery implements Passage.Receiver {
  private final Exchange exchange;
  private final Responder responder;
  private final Consumer<HttpClientResponse> onHead;
  private Passage passage;
  private long left = -1;

  /** {@code onHead} looks at the answer before the client does; it may be null. */
  Delivery(Exchange exchange, Responder responder, Consumer<HttpClientResponse> onHead) {
    this.exchange = exchange;
    this.responder = responder;
    this.onHead = onHead;
  }

  /** Has the client served by a passage from now on. */
  void by(Passage passage) {
    this.passage = passage;
  }

  @Override
  public void hints(MultiMap fields) {
    if (exchange.request.version() == HttpVersion.HTTP_1_0 || exchange.isGone()) return;
    MultiMap passed = HttpHeaders.headers();
    Fields.ofResponse(fields, passed, exchange.forwarded, false);
    exchange.response.writeEarlyHints(passed);
  }

  @Override
  public void head(HttpClientResponse answer) {
    HttpServerResponse response = exchange.response;
    try {
      response.setStatusCode(answer.statusCode());
      boolean http2 = exchange.request.version() == HttpVersion.HTTP_2;
      if (!http2) response.setStatusMessage(answer.statusMessage());
      StoredFields.copy(answer, response.headers(), exchange.forwarded);
    } catch (IllegalArgumentException bad) {
      response.headers().clear();
      throw bad;
    }
    responder.passOn(exchange);
    frame(exchange, answer.statusCode());
    String length = answer.getHeader(HttpHeaders.CONTENT_LENGTH);
    if (length != null) left = Long.parseLong(length);
    if (onHead != null) onHead.accept(answer);
  }

  /** How the client is to know where the body ends. */
  static void frame(Exchange exchange, int status) {
    HttpServerResponse response = exchange.response;
    boolean bodiless =
        exchange.request.method() == HttpMethod.HEAD || status == 204 || status == 304;
    if (bodiless || response.headers().contains(HttpHeaders.CONTENT_LENGTH)) return;
    if (exchange.request.version() == HttpVersion.HTTP_1_1) response.setChunked(true);
    else exchange.closeAfter(); // to HTTP/1.0 the end of the connection is the end of the body
  }

  @Override
  public boolean chunk(Buffer chunk) {
    HttpServerResponse response = exchange.response;
    left -= chunk.length();
    if (left == 0 && passage.hasSent()) { // one write for the last bytes and the end
      response.end(chunk);
      return true;
    }
    response.write(chunk);
    if (!response.writeQueueFull()) return true;
    response.drainHandler(drained -> passage.resume());
    return false;
  }

  @Override
  public void end(MultiMap trailers) {
    HttpServerResponse response = exchange.response;
    if (response.ended()) return;
    if (!trailers.isEmpty()) Fields.ofTrailers(trailers, response.trailers());
    response.end();
  }

  @Override
  public void fail(Failure failure, Trouble trouble) {
    responder.fail(exchange, failure, trouble);
  }

  @Override
  public void breakOff() {
    responder.breakOff(exchange);
  }
}
