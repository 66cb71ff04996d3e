package dev.sluice.app.studio.save;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.app.studio.sync.Base;
import dev.sluice.app.studio.sync.Conflict;
import dev.sluice.app.studio.sync.Diff;
import dev.sluice.app.studio.sync.Json;
import dev.sluice.app.studio.sync.Merged;
import dev.sluice.call.Failure;
import io.vertx.core.buffer.Buffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A write that another has come before. Pure; takes long where the contents are large.
 *
 * @param sent null where the write sends none
 * @param outcome what the database has said: a conflict
 */
record Clash(Base base, Buffer sent, Outcome outcome) {

  /** How many bytes there are to work on. */
  int weight() {
    return (sent == null ? 0 : sent.length())
        + (outcome.there() == null ? 0 : outcome.there().size());
  }

  /** 409 with the server's copy, and what differs. */
  Failure failure() {
    if (outcome.there() == null) return Conflict.of(base, 0, Map.of(), null);
    return failure(Json.read(theirs()));
  }

  private Failure failure(JsonNode theirs) {
    Map<String, Object> server = new HashMap<>(outcome.there().facts().getMap());
    server.put("configs", theirs);
    JsonNode diff = sent == null ? null : Diff.between(Json.read(sent), theirs);
    return Conflict.of(base, outcome.there().version(), server, diff);
  }

  private Buffer theirs() {
    return Content.raw(outcome.content());
  }

  /** What was sent and what is there in one, where that can be; else throws the failure. */
  Buffer merged() {
    if (outcome.there() == null) throw Conflict.touching(failure(), List.of(""));
    Buffer theirs = theirs();
    JsonNode there = Json.read(theirs);
    boolean known = base.local() > 0;
    if (known && outcome.before() == null) throw Conflict.baseGone(failure(there));
    JsonNode before = known ? Json.read(Content.raw(outcome.before())) : null;
    JsonNode mine = Json.read(sent);
    Merged merged = Merged.of(before, mine, there);
    if (!merged.isWhole()) throw Conflict.touching(failure(there), merged.touching());
    if (merged.value().equals(there)) return theirs; // as either has written it, where it can
    return merged.value().equals(mine) ? sent : Json.write(merged.value());
  }
}
