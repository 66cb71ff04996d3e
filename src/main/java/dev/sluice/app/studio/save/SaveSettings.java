package dev.sluice.app.studio.save;

import dev.sluice.conf.Size;
import java.time.Duration;

/**
 * {@code studio.saves}.
 *
 * @param slots how many one owner may have
 * @param slotSize the largest configs, as they are sent
 * @param versions how many of each slot are kept, the newest counted in
 * @param deleted how long a deleted slot can be restored
 * @param unclaimed how long a device's slot is kept that is not saved again
 */
public record SaveSettings(
    int slots, Size slotSize, int versions, Duration deleted, Duration unclaimed) {
  public SaveSettings {
    must(slots >= 1 && slots <= 10_000, "slots must be from 1 to 10000");
    must(slotSize.bytes() >= 1024 && slotSize.bytes() <= 8 << 20, "slotSize must be 1KiB to 8MiB");
    must(versions >= 1 && versions <= 100, "versions must be from 1 to 100");
    must(
        unclaimed.toSeconds() >= 1 && unclaimed.toDays() <= 3650,
        "unclaimed must be from 1s to 3650d");
    must(deleted.toSeconds() >= 1 && deleted.toDays() <= 365, "deleted must be from 1s to 365d");
  }

  private static void must(boolean so, String otherwise) {
    if (!so) throw new IllegalArgumentException(otherwise);
  }
}
