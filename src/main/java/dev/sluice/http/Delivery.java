package dev.sluice.http;

import dev.sluice.call.Failure;
import dev.sluice.framing.Answer;
import dev.sluice.http.forward.Fields;
import dev.sluice.upstream.Trouble;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import java.util.Locale;
import java.util.function.Consumer;

/** Gives an upstream's answer to one client as it comes, and keeps nothing of it. */
final class Delivery implements Passage.Receiver {
  private final Exchange exchange;
  private final Responder responder;
  private final Consumer<Answer> onHead;
  private final Substitute substitute;
  private Passage passage;
  private long left = -1;

  /** Answers in the place of an upstream that fails, where it can. */
  interface Substitute {
    /** False where it cannot; {@code status} is the upstream's, or 0 where there is no answer. */
    boolean answers(int status, Trouble trouble);
  }

  Delivery(Exchange exchange, Responder responder) {
    this(exchange, responder, answer -> {}, (status, trouble) -> false);
  }

  /** {@code onHead} looks at the answer before the client does. */
  Delivery(Exchange exchange, Responder responder, Consumer<Answer> onHead, Substitute substitute) {
    this.substitute = substitute;
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
    if (exchange.request.method() == HttpMethod.HEAD) return; // some take them for the answer
    MultiMap passed = HttpHeaders.headers();
    Fields.ofResponse(fields, passed, exchange.forwarded, false);
    boolean http2 = exchange.request.version() == HttpVersion.HTTP_2;
    exchange.response.writeEarlyHints(http2 ? small(passed) : passed);
  }

  /** In small letters, as HTTP/2 has names (RFC 9113 §8.2.1); Vert.x sees to it in a head alone. */
  private static MultiMap small(MultiMap fields) {
    MultiMap small = MultiMap.caseInsensitiveMultiMap();
    fields.forEach((name, value) -> small.add(name.toLowerCase(Locale.ROOT), value));
    return small;
  }

  @Override
  public void head(Answer answer) {
    if (substitute.answers(answer.status(), null)) {
      passage.drain();
      return;
    }
    status(exchange.request, answer.status(), answer.reason());
    StoredFields.copy(answer, exchange.response.headers(), exchange.forwarded);
    responder.passOn(exchange);
    frame(exchange, answer.status());
    left = answer.length();
    exchange.outflow().onResume(() -> passage.resume());
    onHead.accept(answer);
  }

  /** With the reason phrase of the origin, where it has its own; to a 304 Vert.x takes none. */
  static void status(HttpServerRequest request, int status, String reason) {
    request.response().setStatusCode(status);
    boolean said = reason != null && status != 304 && request.version() != HttpVersion.HTTP_2;
    if (said) request.response().setStatusMessage(reason);
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
    left -= chunk.length();
    if (left == 0 && passage.hasSent()) { // one write for the last bytes and the end
      exchange.ending();
      exchange.outflow().end(chunk);
      return true;
    }
    return exchange.outflow().write(chunk);
  }

  @Override
  public void end(MultiMap trailers) {
    HttpServerResponse response = exchange.response;
    if (response.ended()) return;
    exchange.ending();
    if (!trailers.isEmpty()) Fields.ofTrailers(trailers, response.trailers());
    exchange.outflow().end();
  }

  @Override
  public void fail(Failure failure, Trouble trouble) {
    if (!substitute.answers(0, trouble)) responder.fail(exchange, failure, trouble);
  }

  @Override
  public void breakOff() {
    responder.breakOff(exchange);
  }
}
