package dev.sluice.prove;

import static dev.sluice.harness.RunningGateway.await;
import static dev.sluice.prove.Figures.say;

import dev.sluice.harness.RunningGateway;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.client.HttpResponse;
import java.util.List;
import java.util.Map;

/** A batch of 50 cached reads against one cached read, in turns, one at a time. */
final class Batch implements Prove.Proof {
  private static final int ROUNDS = 9;
  private static final int ASKED = 1_000;
  private static final int PARTS = 50;

  private RunningGateway gateway;

  @Override
  public boolean holds() {
    try (RunningGateway running =
        new RunningGateway(Map.of("SLUICE_APPS", "identity,traffic,studio,notebook"))) {
      gateway = running;
      List<String> paths =
          gateway.logins().stream().limit(PARTS).map(login -> "/user?login=" + login).toList();
      Buffer batch = batch(paths);
      double[] ratios = new double[ROUNDS];
      for (int round = -3; round < ROUNDS; round++) { // the first three warm up
        Figures one = new Figures("one read");
        Figures fifty = new Figures("a batch of 50");
        for (int i = 0; i < ASKED; i++) {
          timed(one, HttpMethod.GET, paths.get(i % PARTS), null);
          timed(fifty, HttpMethod.POST, "/batch", batch);
        }
        if (round < 0) continue;
        ratios[round] = fifty.millis(0.5) / one.millis(0.5);
        one.print();
        fifty.print();
      }
      double ratio = Figures.median(ratios);
      say("a batch of %d cached reads takes %.2f times one, median of %d", PARTS, ratio, ROUNDS);
      return ratio <= 3;
    }
  }

  private static Buffer batch(List<String> paths) {
    JsonArray parts = new JsonArray();
    for (String path : paths) {
      parts.add(
          new JsonObject().put("id", "p" + parts.size()).put("method", "GET").put("path", path));
    }
    return new JsonObject().put("requests", parts).toBuffer();
  }

  private void timed(Figures figures, HttpMethod method, String uri, Buffer body) {
    long began = System.nanoTime();
    HttpResponse<Buffer> answer =
        await(gateway.sendAsync(method, uri, body, "Content-Type", "application/json"));
    figures.add(System.nanoTime() - began);
    boolean all = answer.statusCode() == 200 && !answer.bodyAsString().contains("\"error\":{");
    if (!all) throw new AssertionError(uri + " answered " + answer.bodyAsString());
  }
}
