package dev.sluice.app.studio.save;

import dev.sluice.app.studio.sync.Base;
import dev.sluice.call.Call;
import io.vertx.core.json.JsonObject;

/**
 * What a call wants to be done with which slot.
 *
 * @param title null where it says none
 * @param device what the writer calls itself, or null
 * @param session that the writer is of, or null
 */
record Wanted(Owner owner, String slot, String title, String device, String session, Base base) {
  private static final JsonObject NOTHING = new JsonObject();

  static Wanted of(Owner owner, Call call) {
    JsonObject body = call.body().isEmpty() ? NOTHING : call.body().object();
    String slot = call.body().isEmpty() ? call.params().text("slot") : body.getString("slot");
    return new Wanted(
        owner,
        SlotName.of(slot),
        body.getString("name"),
        body.getString("device"),
        call.caller().session(),
        Base.of(call, body));
  }

  Wanted of(Base base) {
    return new Wanted(owner, slot, title, device, session, base);
  }
}
