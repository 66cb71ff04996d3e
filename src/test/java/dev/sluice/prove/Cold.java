package dev.sluice.prove;

import static dev.sluice.harness.RunningGateway.await;
import static dev.sluice.prove.Figures.say;

import dev.sluice.harness.GatewayProcess;
import dev.sluice.harness.Scratch;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetSocket;
import io.vertx.ext.web.client.WebClient;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** 10,000 connections ask the same at once, of which the gateway knows nothing yet. */
final class Cold implements Prove.Proof {
  private static final int CLIENTS = 10_000;
  private static final int AT_ONCE = 500;
  private static final String REQUEST = "GET /user?login=ninja HTTP/1.1\r\nHost: localhost\r\n\r\n";

  private final Map<String, AtomicInteger> answers = new ConcurrentHashMap<>();

  @Override
  public boolean holds() throws Exception {
    Vertx vertx = Vertx.vertx();
    WebClient web = WebClient.create(vertx);
    Path data = Scratch.directory();
    int sandbox = freePort();
    String[] arguments = {"run", "--sandbox", "--port", "0", "--data", data.toString()};
    try (GatewayProcess gateway =
        GatewayProcess.start(data.getParent(), sandbox, arguments).ready()) {
      JsonObject slow =
          new JsonObject()
              .put("provider", "twitch")
              .put("operation", "get-users")
              .put("delayMs", 4000);
      await(web.postAbs("http://127.0.0.1:" + sandbox + "/control/faults").sendJsonObject(slow));
      List<NetSocket> sockets = connect(vertx.createNetClient(), gateway.port());
      long began = System.nanoTime();
      List<Future<String>> replies = sockets.stream().map(Cold::ask).toList();
      for (Future<String> reply : replies) {
        answers.computeIfAbsent(await(reply), text -> new AtomicInteger()).incrementAndGet();
      }
      say("%d connections answered in %.1f s", CLIENTS, (System.nanoTime() - began) / 1e9);
      JsonObject calls =
          await(web.getAbs("http://127.0.0.1:" + sandbox + "/control/calls").send())
              .bodyAsJsonObject()
              .getJsonObject("providers")
              .getJsonObject("twitch")
              .getJsonObject("operations");
      answers.forEach((text, count) -> say("%d × %.60s…", count.get(), text.replace('\n', ' ')));
      say("upstream calls: %d", calls.getInteger("get-users"));
      return answers.size() == 1
          && answers.keySet().iterator().next().contains("\"ninja\"")
          && calls.getInteger("get-users") == 1;
    } finally {
      await(vertx.close());
      Scratch.delete(data);
    }
  }

  private static List<NetSocket> connect(NetClient client, int port) {
    List<NetSocket> sockets = new ArrayList<>();
    while (sockets.size() < CLIENTS) {
      List<Future<NetSocket>> some = new ArrayList<>();
      for (int i = 0; i < AT_ONCE; i++) some.add(client.connect(port, "127.0.0.1"));
      some.forEach(socket -> sockets.add(await(socket)));
    }
    return sockets;
  }

  /** Status line and body; headers differ by request id. */
  private static Future<String> ask(NetSocket socket) {
    StringBuilder got = new StringBuilder();
    Promise<String> whole = Promise.promise();
    socket.closeHandler(closed -> whole.tryFail("closed after: " + got));
    socket.handler(
        bytes -> {
          got.append(bytes);
          int end = got.indexOf("\r\n\r\n");
          if (end < 0) return;
          String head = got.substring(0, end);
          int length = Integer.parseInt(head.replaceAll("(?is).*content-length: (\\d+).*", "$1"));
          if (got.length() < end + 4 + length) return;
          whole.tryComplete(head.lines().findFirst().orElse("") + "\n" + got.substring(end + 4));
        });
    socket.write(REQUEST);
    return whole.future();
  }

  private static int freePort() throws Exception {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }
}
