package dev.sluice.harness;

import dev.sluice.harness.SyncDevice.Acknowledged;
import dev.sluice.harness.SyncDevice.Edit;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.function.Supplier;

/** Three machines that edit one slot at random until all have the same. */
public final class Convergence {
  private static final int MACHINES = 3;
  private static final int TRIES = 500;
  private static final String[] GROUPS = {"scene", "audio"};
  private static final String[] FIELDS = {"a", "b", "c", "d"};

  private Convergence() {}

  /**
   * Has them edit a slot of their own, and then get through. Throws {@link AssertionError} where
   * they end with different things, or with others than they were told. Gives how many edits were
   * acknowledged.
   */
  public static int run(Random random, int steps, Supplier<LossyLine> line) {
    String slot = UUID.randomUUID().toString();
    List<LossyLine> lines = new ArrayList<>();
    List<SyncDevice> devices = new ArrayList<>();
    for (int i = 0; i < MACHINES; i++) {
      lines.add(line.get());
      devices.add(new SyncDevice("d" + i, slot, lines.get(i)));
    }
    for (int step = 0; step < steps; step++) {
      SyncDevice device = devices.get(random.nextInt(MACHINES));
      int what = random.nextInt(10);
      if (what < 5) device.edit(edit(random, step));
      else if (what < 9) device.sync();
      else device.load();
    }
    lines.forEach(LossyLine::mend);
    for (SyncDevice device : devices) {
      for (int tries = 0; !device.isClean(); tries++) {
        must(tries < TRIES, "it never comes through");
        device.sync();
      }
    }
    for (SyncDevice device : devices) {
      for (int tries = 0; !device.load(); tries++) must(tries < TRIES, "it cannot be loaded");
    }
    return check(devices);
  }

  private static Edit edit(Random random, int step) {
    String value = random.nextInt(8) == 0 ? null : "v" + step;
    return new Edit(GROUPS[random.nextInt(2)], FIELDS[random.nextInt(4)], value);
  }

  /** Of each field there is what was acknowledged as the highest version. */
  private static int check(List<SyncDevice> devices) {
    JsonObject state = devices.get(0).state();
    int edits = 0;
    Map<String, Acknowledged> last = new HashMap<>();
    for (SyncDevice device : devices) {
      must(state.equals(device.state()), "one has " + state + ", another " + device.state());
      must(devices.get(0).version() == device.version(), "they have different versions");
      for (Acknowledged one : device.acknowledged()) {
        edits++;
        last.merge(
            one.edit().group() + "/" + one.edit().field(),
            one,
            (a, b) -> b.version() >= a.version() ? b : a);
      }
    }
    last.values().forEach(one -> must(has(state, one.edit()), one + " is not in " + state));
    long there = state.stream().mapToLong(group -> ((JsonObject) group.getValue()).size()).sum();
    long known = last.values().stream().filter(one -> one.edit().value() != null).count();
    must(there == known, "there is what nobody was told of: " + state);
    return edits;
  }

  private static boolean has(JsonObject state, Edit edit) {
    String value = state.getJsonObject(edit.group()).getString(edit.field());
    return edit.value() == null ? value == null : edit.value().equals(value);
  }

  private static void must(boolean so, String otherwise) {
    if (!so) throw new AssertionError(otherwise);
  }
}
