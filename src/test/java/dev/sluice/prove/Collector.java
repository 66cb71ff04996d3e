package dev.sluice.prove;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import java.io.ByteArrayOutputStream;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** An OpenTelemetry collector that keeps what it is sent. */
final class Collector implements AutoCloseable {
  private final Vertx vertx = Vertx.vertx();
  private final ByteArrayOutputStream spans = new ByteArrayOutputStream();
  private final HttpServer server;

  Collector() throws TimeoutException {
    server =
        vertx
            .createHttpServer()
            .requestHandler(
                request ->
                    request
                        .body()
                        .onSuccess(
                            body -> {
                              spans.writeBytes(body.getBytes());
                              request.response().putHeader("content-type", "application/grpc");
                              request
                                  .response()
                                  .putTrailer("grpc-status", "0")
                                  .end(Buffer.buffer(new byte[5]));
                            }))
            .listen(0, "127.0.0.1")
            .await(10, TimeUnit.SECONDS);
  }

  String url() {
    return "http://127.0.0.1:" + server.actualPort();
  }

  byte[] spans() {
    return spans.toByteArray();
  }

  @Override
  public void close() throws TimeoutException {
    vertx.close().await(10, TimeUnit.SECONDS);
  }
}
