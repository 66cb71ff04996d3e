package dev.sluice.harness;

import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;

/**
 * A machine that edits a slot of saves as an optimistic client does: at once for itself, and for
 * the others when it comes through. The slot is an object of groups of fields. It has one write
 * under way at a time, which it repeats as it is, with its Idempotency-Key, until it is answered.
 */
public final class SyncDevice {
  private final String name;
  private final String slot;
  private final Line line;
  private final Map<String, Edit> edits = new LinkedHashMap<>(); // not sent yet, by field
  private final List<Acknowledged> acknowledged = new ArrayList<>();
  private JsonObject known = new JsonObject(); // what the server had
  private int version;
  private Write write;

  /** To the gateway and back, where that is possible. */
  public interface Line {
    /** Throws {@link Lost} where no answer comes; whether it has arrived nobody knows then. */
    Answer send(String method, String uri, JsonObject body, String key);
  }

  public record Answer(int status, JsonObject body) {}

  /** There was no answer. */
  public static final class Lost extends RuntimeException {
    private static final long serialVersionUID = 1;

    public Lost() {
      super("no answer", null, false, false);
    }

    public Lost(Throwable cause) {
      super("no answer", cause);
    }
  }

  /**
   * One change of a field.
   *
   * @param value null where the field is removed
   */
  public record Edit(String group, String field, String value) {
    String place() {
      return group + "/" + field;
    }
  }

  /** An edit of which the device was told that it is saved, and as which version. */
  public record Acknowledged(Edit edit, int version, String by) {}

  private record Write(String key, JsonObject body, List<Edit> edits) {}

  public SyncDevice(String name, String slot, Line line) {
    this.name = name;
    this.slot = slot;
    this.line = line;
  }

  /** Changes a field here; the others learn of it when {@link #sync} gets through. */
  public void edit(Edit edit) {
    edits.remove(edit.place());
    edits.put(edit.place(), edit);
  }

  /** Whether there is nothing of its own that others may lack. */
  public boolean isClean() {
    return write == null && edits.isEmpty();
  }

  /** Tries to bring what has been edited to the server; false where no answer came. */
  public boolean sync() {
    if (isClean()) return true;
    if (write == null) write = next();
    if (write == null) return true;
    Answer answer;
    try {
      answer = line.send("POST", "/cloud-save/save", write.body, write.key);
    } catch (Lost lost) {
      return false;
    }
    String code = answer.status < 300 ? "" : error(answer).getString("code");
    if (answer.status < 300) saved(answer.body);
    else if (code.equals("SYNC_CONFLICT")) conflict(error(answer).getJsonObject("details"));
    else if (answer.status < 500 && !answer.body.getBoolean("retryable", false)) {
      throw new AssertionError(name + ": " + answer.body);
    }
    return true;
  }

  /** Takes over what the others have saved; false where no answer came. */
  public boolean load() {
    if (write != null) return false; // what is under way is of another version
    Answer answer;
    try {
      answer = line.send("GET", "/cloud-save/load?slot=" + slot, null, null);
    } catch (Lost lost) {
      return false;
    }
    if (answer.status == 404) return true;
    if (answer.status >= 300) return false;
    if (answer.body.getInteger("version") >= version) know(answer.body);
    return true;
  }

  /** Null where nothing of what was edited changes anything of what is known. */
  private Write next() {
    edits.values().removeIf(edit -> Objects.equals(edit.value, valueOf(edit)));
    if (edits.isEmpty()) return null;
    JsonObject body =
        new JsonObject()
            .put("slot", slot)
            .put("device", name)
            .put("strategy", "merge")
            .put("baseVersion", version)
            .put("configs", state());
    Write next = new Write(UUID.randomUUID().toString(), body, List.copyOf(edits.values()));
    edits.clear();
    return next;
  }

  private String valueOf(Edit edit) {
    JsonObject group = known.getJsonObject(edit.group);
    return group == null ? null : group.getString(edit.field);
  }

  private void saved(JsonObject facts) {
    int as = facts.getInteger("version");
    for (Edit edit : write.edits) acknowledged.add(new Acknowledged(edit, as, name));
    JsonObject then = facts.getJsonObject("configs", write.body.getJsonObject("configs"));
    known = then.copy();
    version = as;
    write = null;
  }

  /** Its edits, older ones first, are to be made of what is there now, under a new key. */
  private void conflict(JsonObject details) {
    JsonObject server = details.getJsonObject("server");
    if (server == null) {
      known = new JsonObject();
      version = 0;
    } else {
      know(server);
    }
    Map<String, Edit> newer = new LinkedHashMap<>(edits);
    edits.clear();
    write.edits.forEach(this::edit);
    newer.values().forEach(this::edit);
    write = null;
  }

  private void know(JsonObject facts) {
    known = facts.getJsonObject("configs").copy();
    version = facts.getInteger("version");
  }

  /** What its user sees. */
  public JsonObject state() {
    JsonObject state = known.copy();
    if (write != null) write.edits.forEach(edit -> apply(state, edit));
    edits.values().forEach(edit -> apply(state, edit));
    return state;
  }

  private static void apply(JsonObject state, Edit edit) {
    JsonObject group = state.getJsonObject(edit.group);
    if (group == null) state.put(edit.group, group = new JsonObject());
    if (edit.value == null) group.remove(edit.field);
    else group.put(edit.field, edit.value);
  }

  public int version() {
    return version;
  }

  public List<Acknowledged> acknowledged() {
    return acknowledged;
  }

  private static JsonObject error(Answer answer) {
    return answer.body.getJsonObject("error");
  }
}
