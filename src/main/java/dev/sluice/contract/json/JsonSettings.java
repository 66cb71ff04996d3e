package dev.sluice.contract.json;

/**
 * The {@code server.json} section: how much structure a body may have, whatever it weighs.
 *
 * @param depth how many arrays and objects may stand within each other
 * @param values how many there may be in all: scalars, arrays and objects
 * @param nameLength the characters of a member's name
 * @param numberLength the characters of a number
 */
public record JsonSettings(int depth, int values, int nameLength, int numberLength) {
  /** More would be a stack overflow where somebody reads it by recursion. */
  private static final int DEEPEST = 500;

  private static final int LONGEST_NAME = 10_000;
  private static final int LONGEST_NUMBER = 1_000; // what reading takes grows with its square

  /** For what no stranger has sent. */
  public static final JsonSettings WIDEST =
      new JsonSettings(DEEPEST, Integer.MAX_VALUE, LONGEST_NAME, LONGEST_NUMBER);

  public JsonSettings {
    must(depth >= 1 && depth <= DEEPEST, "depth must be from 1 to " + DEEPEST);
    must(values >= 1, "values must be 1 at least");
    must(
        nameLength >= 1 && nameLength <= LONGEST_NAME,
        "nameLength must be from 1 to " + LONGEST_NAME);
    must(
        numberLength >= 1 && numberLength <= LONGEST_NUMBER,
        "numberLength must be from 1 to " + LONGEST_NUMBER);
  }

  private static void must(boolean so, String otherwise) {
    if (!so) throw new IllegalArgumentException(otherwise);
  }
}
