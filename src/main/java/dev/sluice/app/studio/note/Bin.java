package dev.sluice.app.studio.note;

import dev.sluice.app.Engine;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Empties the bins of what has been there for as long as it can be restored. */
public final class Bin {
  private static final Logger LOG = LoggerFactory.getLogger(Bin.class);
  private static final Duration PAUSE = Duration.ofHours(1);
  private static final int MOST = 500; // at once, well within the query timeout

  private final Engine engine;

  public Bin(Engine engine) {
    this.engine = engine;
  }

  /** Does so now, and each hour; gives what ends that. */
  public Runnable begin(Vertx vertx) {
    sweep();
    long timer = vertx.setPeriodic(PAUSE.toMillis(), t -> sweep());
    return () -> vertx.cancelTimer(timer);
  }

  private void sweep() {
    turn().onFailure(e -> LOG.warn("the bins of notes are not emptied: {}", e.getMessage()));
  }

  private Future<Void> turn() {
    Duration bin = engine.settings(NoteSettings.class).bin();
    return new Notes(engine.database("studio"))
        .sweep(bin, MOST)
        .compose(gone -> gone == MOST ? turn() : Future.succeededFuture());
  }
}
