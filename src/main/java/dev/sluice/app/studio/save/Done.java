package dev.sluice.app.studio.save;

import dev.sluice.app.studio.save.Saves.Claimed;
import dev.sluice.call.Reply;
import io.vertx.core.buffer.Buffer;
import java.util.List;

/** What a write has answered, and what it has changed. */
record Done(Reply reply, List<Change> changes) {

  /** A new version, or that there is none any more. */
  record Change(String status, Save save) {}

  /**
   * Of a save or a restore.
   *
   * @param configs what is saved now, where the client does not know; else null
   */
  static Done saved(Outcome outcome, String status, Buffer configs) {
    Reply reply = Answers.saved(status, outcome.there(), configs);
    boolean changed = !outcome.status().equals("unchanged");
    return new Done(reply, changed ? List.of(new Change(status, outcome.there())) : List.of());
  }

  static Done deleted(Save save) {
    return new Done(Answers.deleted(save), List.of(new Change("deleted", save)));
  }

  static Done claimed(List<Claimed> all) {
    return new Done(
        Answers.claimed(all), all.stream().map(one -> new Change("claimed", one.save())).toList());
  }
}
