package dev.sluice.app.studio.note;

import dev.sluice.app.Engine;
import dev.sluice.call.Call;
import dev.sluice.realtime.channel.Channels;
import io.vertx.core.json.JsonObject;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells a user's devices of what one of them has changed. */
final class Telling {
  private static final Logger LOG = LoggerFactory.getLogger(Telling.class);

  private final Engine engine;

  Telling(Engine engine) {
    this.engine = engine;
  }

  /** Once it has happened: whoever hears of it looks, and must not see what was before. */
  void changed(Call call, Note note, String status) {
    String channel = Channels.USER + ":" + call.caller().subject();
    engine
        .invalidate(call)
        .compose(stale -> engine.channels().publish(channel, "NOTE_CHANGED", event(note, status)))
        .onFailure(e -> LOG.warn("NOTE_CHANGED is not told: {}", e.getMessage()));
  }

  private static JsonObject event(Note note, String status) {
    JsonObject event =
        new JsonObject()
            .put("id", note.id().toString())
            .put("version", note.version())
            .put("status", status)
            .put("savedAt", note.savedAt().toString());
    if (!status.equals("removed")) event.put("etag", note.etag());
    if (note.device() != null) event.put("device", note.device());
    return event;
  }
}
