package dev.sluice.app.signaling;

import dev.sluice.app.App.Handler;
import dev.sluice.app.Engine;
import dev.sluice.call.Body;
import dev.sluice.call.Call;
import dev.sluice.call.Reply;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.Map;
import java.util.function.Supplier;

/**
 * What peers say to each other: offers and answers, which are kept for who asks, and candidates.
 */
final class ExchangeOperations {
  private final Engine engine;
  private final Supplier<Script> rooms;
  private final Telling telling;

  /** By how each is known to {@code rooms.lua}. */
  private enum Kind {
    OFFER("o"),
    ANSWER("a"),
    CANDIDATE("c");

    private final String letter;

    Kind(String letter) {
      this.letter = letter;
    }
  }

  ExchangeOperations(Engine engine, Supplier<Script> rooms) {
    this.engine = engine;
    this.rooms = rooms;
    this.telling = new Telling(engine);
  }

  Map<String, Handler> handlers() {
    return Map.of(
        "sendOffer", call -> describe(call, Kind.OFFER),
        "sendAnswer", call -> describe(call, Kind.ANSWER),
        "sendCandidate", this::sendCandidate,
        "getOffer", call -> latest(call, Kind.OFFER),
        "getAnswer", call -> latest(call, Kind.ANSWER));
  }

  private Future<Reply> describe(Call call, Kind kind) {
    String sdp = call.body().object().getString("sdp");
    Sdp.check(sdp, SignalingApp.settings(engine).get().maxSdp());
    return send(call, kind, sdp, new JsonObject().put("sdp", sdp));
  }

  private Future<Reply> sendCandidate(Call call) {
    JsonObject passed = Candidate.check(call.body().object().getValue("candidate"));
    return send(call, Kind.CANDIDATE, "", new JsonObject().put("candidate", passed));
  }

  private Future<Reply> send(Call call, Kind kind, String kept, JsonObject event) {
    JsonObject asked = call.body().object();
    String room = asked.getString("roomId");
    return rooms
        .get()
        .run(
            "send",
            room,
            call.caller().subject(),
            asked.getString("peerId", ""),
            asked.getString("to", ""),
            kind.letter,
            kept)
        .compose(
            sent -> {
              String from = sent.getString("from");
              String to = sent.getString("to");
              JsonObject said =
                  new JsonObject().put("roomId", room).put("from", from).put("to", to);
              return telling
                  .tell(room, to, kind.name(), event.put("roomId", room).put("from", from))
                  .map(told -> RoomOperations.unstored(Reply.of(202, Body.json(said))));
            });
  }

  private Future<Reply> latest(Call call, Kind kind) {
    String room = call.params().text("roomId");
    return rooms
        .get()
        .run(
            "latest",
            room,
            call.caller().subject(),
            orEmpty(call.params().text("peerId")),
            orEmpty(call.params().text("from")),
            kind.letter)
        .map(
            found ->
                RoomOperations.unstored(
                    Reply.json(
                        new JsonObject()
                            .put("roomId", room)
                            .put("from", found.getString("from"))
                            .put("to", found.getString("to"))
                            .put("sdp", found.getString("sdp")))));
  }

  private static String orEmpty(String text) {
    return text == null ? "" : text;
  }
}
