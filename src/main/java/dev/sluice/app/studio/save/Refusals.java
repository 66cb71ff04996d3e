package dev.sluice.app.studio.save;

import dev.sluice.call.Failure;
import dev.sluice.call.Failure.Category;

/** Why nothing is saved, or nothing found. */
final class Refusals {
  private Refusals() {}

  static Failure noSlot(String slot) {
    return Failure.notFound("SAVE_NOT_FOUND", "There is no slot " + slot + ".")
        .detail("slot", slot)
        .suggest("The list has the slots there are; a deleted one can be restored for a while.");
  }

  static Failure noVersion(String slot, int version) {
    return Failure.notFound(
            "VERSION_NOT_FOUND", "Version %d of %s is not kept.".formatted(version, slot))
        .detail("slot", slot)
        .detail("version", version)
        .suggest("GET /cloud-save/versions has those that are kept: the last ones.");
  }

  static Failure tooManySlots(int limit) {
    return Failure.of(
            Category.CONFLICT, "TOO_MANY_SLOTS", "There may be %d slots.".formatted(limit))
        .detail("limit", limit)
        .suggest("Delete a slot, or save to one that is there.");
  }

  static Failure tooLarge(long limit, long size) {
    return Failure.of(
            Category.VALIDATION,
            "SAVE_TOO_LARGE",
            "The configs have %d bytes; %d are the most.".formatted(size, limit))
        .status(413)
        .detail("limit", limit)
        .detail("size", size)
        .suggest("Spread them over several slots, or leave the spaces between values out.");
  }
}
