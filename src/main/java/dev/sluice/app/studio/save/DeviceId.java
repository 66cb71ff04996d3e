package dev.sluice.app.studio.save;

import dev.sluice.call.Call;
import dev.sluice.call.Failure;
import java.util.HexFormat;
import java.util.Locale;

/**
 * The id that a device has made up: 128 random bits, by which alone its saves are protected. It is
 * kept nowhere, and said in no error.
 */
final class DeviceId {
  private static final String HEADER = "X-Device-Id";
  private static final int FEWEST_DIGITS = 8; // different ones; of 32 random ones less never happen

  private DeviceId() {}

  /** Its 16 bytes, however it is spelled. Throws VALIDATION_ERROR. */
  static byte[] of(Call call) {
    String digits = call.params().text(HEADER).replace("-", "").toLowerCase(Locale.ROOT);
    if (digits.chars().distinct().count() < FEWEST_DIGITS) {
      throw Failure.invalid(HEADER, "is not random, so that others could guess it", null)
          .suggest("Make one with crypto.randomUUID(), once, and keep it as a password.");
    }
    return HexFormat.of().parseHex(digits);
  }
}
