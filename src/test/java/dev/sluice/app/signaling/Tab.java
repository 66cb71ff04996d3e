package dev.sluice.app.signaling;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.harness.RunningGateway;
import dev.sluice.harness.Wire;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/** A page with a socket at {@code /signaling/ws}. */
final class Tab implements Closeable {
  private final Wire wire;
  private final List<JsonObject> heard = new ArrayList<>(); // and not yet asked for
  private int asked;

  Tab(RunningGateway gateway, String token) throws IOException {
    wire = new Wire(gateway.port());
    wire.ask("/signaling/ws", "Authorization: Bearer " + token + "\r\n");
    String head = wire.head();
    assertTrue(head.startsWith("HTTP/1.1 101"), head);
  }

  /** The frame that answers this one. */
  JsonObject say(String type, JsonObject payload) throws IOException {
    String id = "r" + asked++;
    send(new JsonObject().put("type", type).put("requestId", id).put("payload", payload));
    return next(frame -> id.equals(frame.getString("requestId")));
  }

  /** The body of the reply. */
  JsonObject ask(String type, JsonObject payload) throws IOException {
    JsonObject reply = say(type, payload);
    if (!reply.getString("type").equals("REPLY")) throw new AssertionError(reply.encode());
    return reply.getJsonObject("payload").getJsonObject("body");
  }

  /** The code that this is refused with. */
  String refusal(String type, JsonObject payload) throws IOException {
    JsonObject reply = say(type, payload);
    if (!reply.getString("type").equals("ERROR")) throw new AssertionError(reply.encode());
    return reply.getJsonObject("payload").getString("code");
  }

  /** The next event of a type. */
  JsonObject event(String type) throws IOException {
    return next(frame -> type.equals(frame.getString("type"))).getJsonObject("payload");
  }

  void send(JsonObject frame) throws IOException {
    byte[] text = frame.encode().getBytes(StandardCharsets.UTF_8);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(0x81);
    if (text.length < 126) out.write(0x80 | text.length);
    else out.writeBytes(new byte[] {(byte) 0xFE, (byte) (text.length >> 8), (byte) text.length});
    out.writeBytes(new byte[4]); // a mask of zeros is one
    out.writeBytes(text);
    wire.send(out.toByteArray());
  }

  private interface Wanted {
    boolean is(JsonObject frame);
  }

  private JsonObject next(Wanted wanted) throws IOException {
    for (Iterator<JsonObject> before = heard.iterator(); before.hasNext(); ) {
      JsonObject frame = before.next();
      if (!wanted.is(frame)) continue;
      before.remove();
      return frame;
    }
    while (true) {
      Wire.Frame frame = wire.frame();
      if (frame.first() == 0x89) continue;
      if (frame.first() != 0x81) throw new AssertionError("ended by " + frame.code());
      JsonObject json = new JsonObject(frame.text());
      if (wanted.is(json)) return json;
      heard.add(json);
    }
  }

  /** Ends at once, as a page that is closed. */
  @Override
  public void close() throws IOException {
    wire.close();
  }
}
