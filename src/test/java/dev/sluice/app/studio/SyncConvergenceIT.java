package dev.sluice.app.studio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.harness.LossyLine;
import dev.sluice.harness.RunningGateway;
import dev.sluice.harness.SyncDevice;
import dev.sluice.harness.SyncDevice.Acknowledged;
import dev.sluice.harness.SyncDevice.Answer;
import dev.sluice.harness.SyncDevice.Edit;
import dev.sluice.identity.Person;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.client.HttpResponse;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Machines that edit the same slot, of which each loses much of what it sends and hears. */
class SyncConvergenceIT {
  private static final int RUNS = 6;
  private static final int STEPS = 120;
  private static final String[] GROUPS = {"scene", "audio"};
  private static final String[] FIELDS = {"a", "b", "c", "d"};

  private static RunningGateway gateway;
  private static Person ada;

  @BeforeAll
  static void startAll() {
    gateway =
        new RunningGateway(
            Map.of(
                "SLUICE_APPS", "identity,traffic,realtime,studio,notebook",
                "SLUICE_STORE_REDISTIMEOUT", "2s",
                "SLUICE_STUDIO_SAVES_VERSIONS", "5"));
    ada = Person.signedIn(gateway, "ada@example.com");
  }

  @AfterAll
  static void stopAll() {
    gateway.close();
  }

  private static Answer send(String method, String uri, JsonObject body, String key) {
    List<String> headers = new ArrayList<>(List.of("Authorization", "Bearer " + ada.accessToken));
    if (body != null) headers.addAll(List.of("Content-Type", "application/json"));
    if (key != null) headers.addAll(List.of("Idempotency-Key", key));
    Buffer bytes = body == null ? null : body.toBuffer();
    HttpResponse<Buffer> answer =
        gateway.send(HttpMethod.valueOf(method), uri, bytes, headers.toArray(String[]::new));
    return new Answer(answer.statusCode(), answer.bodyAsJsonObject());
  }

  @Test
  void allEndWithTheSameAndNothingAcknowledgedIsLost() {
    int edits = 0;
    for (int run = 0; run < RUNS; run++) {
      long seed = new Random().nextLong();
      try {
        edits += run(new Random(seed));
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
      }
    }
    assertTrue(edits > RUNS * STEPS / 4, edits + " edits");
  }

  private static int run(Random random) {
    String slot = UUID.randomUUID().toString();
    List<LossyLine> lines = new ArrayList<>();
    List<SyncDevice> devices = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      lines.add(new LossyLine(SyncConvergenceIT::send, random));
      devices.add(new SyncDevice("d" + i, slot, lines.get(i)));
    }
    for (int step = 0; step < STEPS; step++) {
      SyncDevice device = devices.get(random.nextInt(3));
      int what = random.nextInt(10);
      if (what < 5) device.edit(edit(random, step));
      else if (what < 9) device.sync();
      else device.load();
    }
    lines.forEach(LossyLine::mend);
    for (SyncDevice device : devices) {
      for (int tries = 0; !device.isClean(); tries++) {
        assertTrue(tries < 10, "it never comes through");
        assertTrue(device.sync(), "it is answered");
      }
    }
    devices.forEach(device -> assertTrue(device.load(), "it is answered"));
    return check(devices);
  }

  private static Edit edit(Random random, int step) {
    String value = random.nextInt(8) == 0 ? null : "v" + step;
    return new Edit(GROUPS[random.nextInt(2)], FIELDS[random.nextInt(4)], value);
  }

  /** Of each field there is what was acknowledged as the highest version. */
  private static int check(List<SyncDevice> devices) {
    JsonObject state = devices.get(0).state();
    int edits = 0;
    Map<String, Acknowledged> last = new HashMap<>();
    for (SyncDevice device : devices) {
      assertEquals(state, device.state());
      assertEquals(devices.get(0).version(), device.version());
      for (Acknowledged one : device.acknowledged()) {
        edits++;
        last.merge(
            one.edit().group() + "/" + one.edit().field(),
            one,
            (a, b) -> b.version() >= a.version() ? b : a);
      }
    }
    last.forEach(
        (field, one) -> {
          JsonObject group = state.getJsonObject(one.edit().group());
          assertEquals(one.edit().value(), group.getString(one.edit().field()), field + " " + one);
        });
    assertEquals(
        last.values().stream().filter(one -> one.edit().value() != null).count(),
        state.stream().mapToLong(group -> ((JsonObject) group.getValue()).size()).sum());
    return edits;
  }
}
