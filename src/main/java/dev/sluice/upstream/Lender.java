package dev.sluice.upstream;

/** Whose a lent connection is. */
interface Lender {
  /** Takes it back; {@code clean} where its request came to its end. */
  void give(Line line, boolean clean);
}
