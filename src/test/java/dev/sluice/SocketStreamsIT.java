package dev.sluice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.bus.FlowWriter;
import dev.sluice.harness.Await;
import dev.sluice.harness.RunningGateway;
import dev.sluice.harness.Streams;
import dev.sluice.harness.Talker;
import dev.sluice.identity.Person;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Streamed replies to calls in frames. */
class SocketStreamsIT {
  private static final Streams app = new Streams();
  private static RunningGateway gateway;
  private static Person ada;

  @BeforeAll
  static void start() {
    gateway =
        new RunningGateway(
            Map.of("SLUICE_APPS", "identity,realtime,streams"),
            "sockets: { outbox: 1MiB }",
            List.of(app));
    ada = Person.signedIn(gateway, "ada@example.com");
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  private static Talker call(String operation) {
    Talker talker = Talker.open(gateway.port(), "/ws", ada.accessToken);
    return talker.say("CALL", "1", new JsonObject().put("operation", operation));
  }

  @Test
  void eventsComeOneByOne() {
    try (Talker talker = call("events")) {
      FlowWriter events = app.writer();
      JsonObject head = talker.hear("REPLY");
      assertEquals(true, head.getBoolean("streamed"));
      assertEquals(200, head.getInteger("status"));
      assertEquals("text/event-stream", head.getJsonObject("headers").getString("content-type"));
      for (int i = 0; i < 3; i++) {
        events.write(Buffer.buffer("id: " + i + "\nevent: step\ndata: {\"n\":" + i + "}\n\n"));
        JsonObject event = talker.hear("CHUNK").getJsonObject("data");
        assertEquals(
            new JsonObject()
                .put("event", "step")
                .put("id", "" + i)
                .put("data", new JsonObject().put("n", i)),
            event);
      }
      events.end();
      talker.hear("END");
      talker.say("PING", new JsonObject()).hear("PONG");
    }
  }

  @Test
  void oneThatBreaksOffIsAnError() {
    try (Talker talker = call("failed")) {
      JsonObject heard = talker.hear();
      while (!heard.getString("type").equals("ERROR")) heard = talker.hear();
      assertEquals("GONE", heard.getJsonObject("payload").getString("code"));
      assertEquals("1", heard.getString("requestId"));
    }
  }

  @Test
  void oneCanBeTakenBack() {
    try (Talker talker = call("events")) {
      FlowWriter events = app.writer();
      talker.hear("REPLY");
      talker.say("CANCEL", "1", new JsonObject());
      assertEquals("CANCELLED", talker.hear("ERROR").getString("code"));
      Await.until("the writer knows", () -> events.ended().failed());
      talker.say("CALL", "1", new JsonObject().put("operation", "events"));
      app.writer().end();
      talker.hear("REPLY");
      talker.hear("END");
    }
  }

  @Test
  void oneWhoseClientLeavesIsTakenBack() {
    FlowWriter events;
    try (Talker talker = call("events")) {
      events = app.writer();
      talker.hear("REPLY");
    }
    Await.until("the writer knows", () -> events.ended().failed());
  }

  /** 4096 parts, of which no more are made than the client takes, and the kernel holds for it. */
  @Test
  void aSlowClientHoldsTheWriter() {
    app.produced.set(0);
    try (Talker talker = call("download")) {
      talker.hear("REPLY");
      Await.until("it is under way", () -> app.produced.get() >= 16);
      long most = 0;
      for (long taken = 0; taken < 200; ) {
        String part = talker.hear("CHUNK").getString("data");
        taken += Base64.getDecoder().decode(part).length / Streams.CHUNK;
        most = Math.max(most, app.produced.get() - taken);
      }
      assertTrue(most < 1000, most + " in flight");
      talker.say("CANCEL", "1", new JsonObject());
    }
  }
}
