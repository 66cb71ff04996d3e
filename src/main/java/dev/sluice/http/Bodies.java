package dev.sluice.http;

import dev.sluice.call.Body;
import dev.sluice.call.Failure;
import dev.sluice.call.Failure.Category;
import dev.sluice.conf.Size;
import dev.sluice.contract.Operation;
import dev.sluice.contract.RequestBody;
import dev.sluice.framing.FramesHandler;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import java.time.Duration;
import java.util.Locale;

/**
 * Reads a request's body, of a type that is taken, not too large and not too slow: whole, or as a
 * stream where its operation takes one.
 */
final class Bodies {
  private final Vertx vertx;
  private final long maxBytes;
  private final Duration timeout;

  Bodies(Vertx vertx, long maxBytes, Duration timeout) {
    this.vertx = vertx;
    this.maxBytes = maxBytes;
    this.timeout = timeout;
  }

  /** How much is read, and for how long it is waited for: the whole, or any part of a stream. */
  record Bounds(long maxBytes, Duration timeout) {
    Failure tooLarge() {
      return Failure.of(
              Category.VALIDATION, "PAYLOAD_TOO_LARGE", "The body is over " + maxBytes + " bytes.")
          .status(413)
          .suggest("Send less at once.");
    }

    Failure tooSlow() {
      return Failure.of(Category.VALIDATION, "REQUEST_TIMEOUT", "The body came too slowly.")
          .status(408)
          .suggest("Keep sending; it is waited for " + timeout.toSeconds() + " s.");
    }
  }

  /** Fails with 413, 415, 408 or VALIDATION_ERROR; the connection is closed after 413 and 408. */
  Future<Body> read(Exchange exchange) {
    HttpServerRequest request = exchange.request;
    if (!hasBody(request) && !mayHaveBody(request)) {
      request.resume(); // where it had to wait before
      return Future.succeededFuture(Body.NONE);
    }
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
    Bounds bounds = bounds(exchange.operation);
    if (length(request) > bounds.maxBytes) {
      exchange.closeAfter();
      throw bounds.tooLarge();
    }
    // what is not JSON keeps its parameters: a multipart body is nothing without its boundary
    String whole =
        type.equals(Body.JSON) ? type : request.getHeader(HttpHeaders.CONTENT_TYPE).trim();
    if (!exchange.operation.policy().streamsRequest()) return collect(exchange, whole, bounds);
    exchange.upload = new Upload(vertx, exchange, bounds);
    return Future.succeededFuture(Body.streamed(exchange.upload.begin(), whole));
  }

  private Bounds bounds(Operation operation) {
    Size own = operation.policy().maxBody();
    return new Bounds(own == null ? maxBytes : own.bytes(), timeout);
  }

  private Future<Body> collect(Exchange exchange, String type, Bounds bounds) {
    Promise<Body> whole = Promise.promise();
    Buffer bytes = Buffer.buffer();
    HttpConnection connection = exchange.request.connection();
    if (Expectation.isOpen(exchange.request)) exchange.response.writeContinue();
    Patience patience =
        new Patience(
            vertx,
            bounds.timeout,
            () -> FramesHandler.isHeldUp(connection),
            () -> {
              exchange.closeAfter();
              whole.tryFail(bounds.tooSlow());
            });
    whole.future().onComplete(done -> patience.end());
    exchange.onGone(() -> whole.tryFail(Failure.invalid("body", "broke off", null)));
    exchange.onBadBody(whole::tryFail);
    whole.future().onComplete(done -> exchange.bodyIsRead());
    exchange.request.handler(
        chunk -> {
          if (whole.future().isComplete()) return;
          if (bytes.length() + chunk.length() > bounds.maxBytes) {
            exchange.closeAfter();
            whole.tryFail(bounds.tooLarge());
          } else {
            bytes.appendBuffer(chunk);
          }
        });
    exchange.request.endHandler(end -> whole.tryComplete(new Body(bytes, type)));
    exchange.request.resume();
    return whole.future();
  }

  /** Whether a request announces a body. */
  static boolean hasBody(HttpServerRequest request) {
    return request.headers().contains(HttpHeaders.TRANSFER_ENCODING)
        || request.headers().contains(HttpHeaders.CONTENT_LENGTH) && length(request) > 0;
  }

  /** HTTP/2 need not announce one (RFC 9113 §8.1): its type does. */
  private static boolean mayHaveBody(HttpServerRequest request) {
    return request.version() == HttpVersion.HTTP_2
        && !request.headers().contains(HttpHeaders.CONTENT_LENGTH)
        && request.headers().contains(HttpHeaders.CONTENT_TYPE);
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

  static Failure unsupported(String type, String taken) {
    String message =
        (type.isEmpty() ? "The body has no Content-Type" : type + " is not taken here");
    return Failure.of(Category.VALIDATION, "UNSUPPORTED_MEDIA_TYPE", message + ".")
        .status(415)
        .suggest("Send " + taken + ".");
  }
}
