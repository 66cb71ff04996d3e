package dev.sluice.app.studio.note;

import dev.sluice.app.App.Handler;
import dev.sluice.app.Engine;
import dev.sluice.call.Failure;
import io.vertx.core.Future;
import java.util.HashMap;
import java.util.Map;

/** Notes (seed 000). */
public final class NoteOperations {
  private final Engine engine;

  public NoteOperations(Engine engine) {
    this.engine = engine;
  }

  public Map<String, Handler> handlers() {
    Map<String, Handler> handlers = new HashMap<>();
    handlers.put("saveNote", call -> Future.failedFuture(Failure.internal()));
    handlers.put("loadNote", call -> Future.failedFuture(Failure.internal()));
    handlers.put("listNotes", call -> Future.failedFuture(Failure.internal()));
    handlers.put("deleteNote", call -> Future.failedFuture(Failure.internal()));
    handlers.put("listNoteVersions", call -> Future.failedFuture(Failure.internal()));
    handlers.put("restoreNote", call -> Future.failedFuture(Failure.internal()));
    return handlers;
  }
}
