package dev.sluice.http;

import dev.sluice.bus.FlowReader;
import dev.sluice.call.Failure;
import dev.sluice.contract.Policy.OnDisconnect;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A reply's body on its way from a {@link dev.sluice.call.Flow} to the client: each chunk leaves as
 * it comes, and no faster than the client takes them. Half a body is never ended as a whole one.
 */
final class StreamedReply {
  private static final Logger LOG = LoggerFactory.getLogger(StreamedReply.class);

  private final Exchange exchange;
  private final HttpServerResponse response;
  private final Responder responder;
  private final FlowReader reader;
  private final long declared;
  private long written;
  private boolean over;

  /** Of a response whose head is made and not yet sent. */
  StreamedReply(Exchange exchange, Responder responder, FlowReader reader) {
    this.exchange = exchange;
    this.response = exchange.response;
    this.responder = responder;
    this.reader = reader;
    String length = response.headers().get(HttpHeaders.CONTENT_LENGTH);
    this.declared = length == null ? -1 : Long.parseLong(length);
  }

  void begin() {
    exchange.onGone(this::gone);
    exchange.outflow().onResume(reader::resume);
    reader.exceptionHandler(this::broken);
    reader.endHandler(end -> end());
    reader.handler(this::write);
    reader.found().onSuccess(there -> head());
  }

  /** At once, for the first event may be long in coming. */
  private void head() {
    boolean framed = declared >= 0 || exchange.request.version() != HttpVersion.HTTP_1_0;
    if (!over && framed && !response.headWritten()) response.writeHead();
  }

  private void write(Buffer chunk) {
    if (over) return;
    if (declared >= 0 && written + chunk.length() > declared) {
      reader.cancel();
      broken(miscounted());
      return;
    }
    written += chunk.length();
    if (!exchange.outflow().write(chunk)) reader.pause();
  }

  private void end() {
    if (over) return;
    if (declared >= 0 && written < declared) {
      broken(miscounted());
      return;
    }
    over = true;
    exchange.end(null);
    responder.written(exchange);
  }

  private Failure miscounted() {
    LOG.error("{} declared {} bytes and wrote others", exchange.route(), declared);
    return Failure.internal();
  }

  private void broken(Throwable cause) {
    if (over) return;
    over = true;
    if (response.headWritten()) {
      responder.breakOff(exchange);
      return;
    }
    response.headers().clear();
    response.setChunked(false);
    responder.fail(exchange, cause);
  }

  /** The client has left; who writes may be let finish all the same. */
  private void gone() {
    if (over) return;
    over = true;
    if (exchange.operation.policy().onDisconnect() == OnDisconnect.FINISH) reader.resume();
    else reader.cancel();
    if (response.headWritten()) responder.written(exchange);
    else responder.gone(exchange);
  }
}
