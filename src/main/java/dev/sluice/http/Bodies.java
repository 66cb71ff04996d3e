package dev.sluice.http;

import dev.sluice.call.Body;
import dev.sluice.call.Failure;
import dev.sluice.call.Failure.Category;
import dev.sluice.contract.RequestBody;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;
import java.util.Locale;

/** Reads a request's body whole: of a type that is taken, not too large, not too slow. */
final class Bodies {
  private final Vertx vertx;
  private final long maxBytes;
  private final Duration timeout;

  Bodies(Vertx vertx, long maxBytes, Duration timeout) {
    this.vertx = vertx;
    this.maxBytes = maxBytes;
    this.timeout = timeout;
  }

  /** Fails with 413, 415, 408 or VALIDATION_ERROR; the connection is closed after 413 and 408. */
  Future<Body> read(Exchange exchange) {
    HttpServerRequest request = exchange.request;
    if (!hasBody(request)) return Future.succeededFuture(Body.NONE);
    RequestBody declared = exchange.operation.body();
    if (declared == null) throw Failure.invalid("body", "is not taken here", null);
    String type = mediaType(request.getHeader(HttpHeaders.CONTENT_TYPE));
    if (!declared.takes(type)) {
      exchange.closeAfter();
      throw unsupported(type, String.join(", ", declared.types()));
    }
    String coding = request.getHeader(HttpHeaders.CONTENT_ENCODING);
    if (coding != null && !coding.equalsIgnoreCase("identity")) {
      exchange.closeAfter();
      throw unsupported("The coding " + coding, "it without a Content-Encoding");
    }
    if (length(request) > maxBytes) {
      exchange.closeAfter();
      throw tooLarge();
    }
    // what is not JSON keeps its parameters: a multipart body is nothing without its boundary
    boolean json = type.equals(Body.JSON);
    return collect(exchange, json ? type : request.getHeader(HttpHeaders.CONTENT_TYPE).trim());
  }

  private Future<Body> collect(Exchange exchange, String type) {
    Promise<Body> whole = Promise.promise();
    Buffer bytes = Buffer.buffer();
    if (Expectation.isOpen(exchange.request)) exchange.response.writeContinue();
    long timer =
        vertx.setTimer(
            timeout.toMillis(),
            t -> {
              exchange.closeAfter();
              whole.tryFail(tooSlow(timeout));
            });
    exchange.onGone(() -> whole.tryFail(Failure.invalid("body", "broke off", null)));
    exchange.onBadBody(whole::tryFail);
    whole.future().onComplete(done -> exchange.bodyIsRead());
    exchange.request.handler(
        chunk -> {
          if (whole.future().isComplete()) return;
          if (bytes.length() + chunk.length() > maxBytes) {
            exchange.closeAfter();
            whole.tryFail(tooLarge());
          } else {
            bytes.appendBuffer(chunk);
          }
        });
    exchange.request.endHandler(end -> whole.tryComplete(new Body(bytes, type)));
    return whole.future().onComplete(done -> vertx.cancelTimer(timer));
  }

  /** Whether a request announces a body. */
  static boolean hasBody(HttpServerRequest request) {
    return request.headers().contains(HttpHeaders.TRANSFER_ENCODING)
        || request.headers().contains(HttpHeaders.CONTENT_LENGTH) && length(request) > 0;
  }

  private static long length(HttpServerRequest request) {
    String length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
    if (length == null) return 0;
    try {
      return Long.parseLong(length);
    } catch (NumberFormatException e) {
      throw Failure.invalid("Content-Length", "is not a number", null);
    }
  }

  private static String mediaType(String header) {
    if (header == null) return "";
    int end = header.indexOf(';');
    return (end < 0 ? header : header.substring(0, end)).trim().toLowerCase(Locale.ROOT);
  }

  private static Failure unsupported(String type, String taken) {
    String message =
        (type.isEmpty() ? "The body has no Content-Type" : type + " is not taken here");
    return Failure.of(Category.VALIDATION, "UNSUPPORTED_MEDIA_TYPE", message + ".")
        .status(415)
        .suggest("Send " + taken + ".");
  }

  private Failure tooLarge() {
    return Failure.of(
            Category.VALIDATION, "PAYLOAD_TOO_LARGE", "The body is over " + maxBytes + " bytes.")
        .status(413)
        .suggest("Send less at once.");
  }

  static Failure tooSlow(Duration timeout) {
    return Failure.of(Category.VALIDATION, "REQUEST_TIMEOUT", "The body came too slowly.")
        .status(408)
        .suggest("Send the whole body within " + timeout.toSeconds() + " s.");
  }
}
