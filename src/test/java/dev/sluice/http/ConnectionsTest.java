package dev.sluice.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.sluice.harness.Await;
import dev.sluice.harness.WithVertx;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.net.NetSocket;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(WithVertx.class)
class ConnectionsTest {
  private final Connections connections =
      new Connections(new Client(List.of()), Duration.ofNanos(1), Duration.ofMinutes(10));
  private Vertx vertx;
  private HttpServer server;

  @BeforeEach
  void listen(Vertx vertx) {
    this.vertx = vertx;
    server =
        vertx
            .createHttpServer(new HttpServerOptions().setIdleTimeout(10))
            .connectionHandler(connections::opened)
            .requestHandler(
                request -> {
                  connections.arrived(request);
                  request
                      .response()
                      .endHandler(end -> connections.answered(request))
                      .end(request.version().alpnName());
                });
    Await.result(server.listen(0, "127.0.0.1"));
  }

  @Test
  void aClientThatTakesLongOverItsHeadersIsCutOff() {
    NetSocket socket =
        Await.result(vertx.createNetClient().connect(server.actualPort(), "127.0.0.1"));
    Await.result(socket.write("GET / HTTP/1.1\r\nHost: x\r\n\r\n"));
    Await.until("seen", () -> connections.size() == 1);
    assertEquals(0, connections.sweep());
    Await.result(socket.write("GET / HTTP/1.1\r\nHost:"));
    Await.until("cut off", () -> connections.sweep() == 1);
    Await.until("closed", () -> connections.size() == 0);
    Await.result(socket.close());
  }

  @Test
  void aConnectionThatIsIdleBetweenRequestsIsNot() {
    HttpClient client = vertx.createHttpClient(new PoolOptions().setHttp1MaxSize(1));
    assertEquals("http/1.1", get(client));
    assertEquals(0, connections.sweep());
    assertEquals("http/1.1", get(client));
    assertEquals(1, connections.size());
    Await.result(client.close());
    Await.until("forgotten", () -> connections.size() == 0);
  }

  @Test
  void aConnectionThatWasUpgradedToHttp2IsOneAndStaysOpen() {
    HttpClientOptions upgrade =
        new HttpClientOptions()
            .setProtocolVersion(HttpVersion.HTTP_2)
            .setHttp2ClearTextUpgrade(true);
    HttpClient client = vertx.createHttpClient(upgrade);
    assertEquals("h2", get(client));
    assertEquals("h2", get(client));
    assertEquals(0, connections.sweep());
    assertEquals(1, connections.size());
    Await.result(client.close());
    Await.until("forgotten", () -> connections.size() == 0);
  }

  private String get(HttpClient client) {
    Future<String> body =
        client
            .request(HttpMethod.GET, server.actualPort(), "127.0.0.1", "/")
            .compose(request -> request.send())
            .compose(response -> response.body())
            .map(Object::toString);
    return Await.result(body);
  }
}
