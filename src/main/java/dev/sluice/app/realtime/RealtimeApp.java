package dev.sluice.app.realtime;

import dev.sluice.app.App;
import dev.sluice.app.Engine;
import dev.sluice.call.Failure;
import dev.sluice.realtime.channel.ChannelKind;
import dev.sluice.realtime.channel.Channels;
import io.vertx.core.Future;
import java.util.Map;

/** The sockets that the HTTP door opens. */
public final class RealtimeApp implements App {
  public static final String NAME = "realtime";

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Map<String, Handler> handlers(Engine engine) {
    return Map.of(
        "socket", call -> elsewhere(),
        "dataSocket", call -> elsewhere(),
        "echoSocket", call -> elsewhere(),
        "notificationStream", call -> elsewhere());
  }

  @Override
  public Map<String, ChannelKind> channels(Engine engine) {
    return Map.of(Channels.USER, new OwnChannel());
  }

  private static <T> Future<T> elsewhere() {
    return Future.failedFuture(
        Failure.of(Failure.Category.VALIDATION, "NOT_A_CALL", "Sockets are opened over HTTP.")
            .suggest("Connect to it with ws:// or wss://."));
  }
}
