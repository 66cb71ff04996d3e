package dev.sluice.app.studio.save;

import dev.sluice.call.Call;
import dev.sluice.call.Failure;
import java.util.HexFormat;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * The id that a device has made up: 128 random bits, by which alone its saves are protected. It is
 * kept nowhere, and said in no error.
 */
final class DeviceId {
  private static final String HEADER = "X-Device-Id";

  /** Different ones, and different steps from each to the next: 32 random ones never have less. */
  private static final int FEWEST_DIGITS = 8;

  private static final int FEWEST_STEPS = 6;

  private DeviceId() {}

  /** Its 16 bytes, however it is spelled. Throws VALIDATION_ERROR. */
  static byte[] of(Call call) {
    String digits = call.params().text(HEADER).replace("-", "").toLowerCase(Locale.ROOT);
    if (digits.chars().distinct().count() < FEWEST_DIGITS || steps(digits) < FEWEST_STEPS) {
      throw Failure.invalid(HEADER, "is not random, so that others could guess it", null)
          .suggest("Make one with crypto.randomUUID(), once, and keep it as a password.");
    }
    return HexFormat.of().parseHex(digits);
  }

  /** How many different ones there are, as of 0123… or 0011… one or two. */
  private static long steps(String digits) {
    return IntStream.range(1, digits.length())
        .map(i -> (digit(digits, i) - digit(digits, i - 1)) & 15)
        .distinct()
        .count();
  }

  private static int digit(String digits, int i) {
    return HexFormat.fromHexDigit(digits.charAt(i));
  }
}
