package dev.sluice.guard.limit;

/** What becomes of a limit while Redis is away, where all nodes count. */
public enum Outage {
  /** Each node admits its share: the limit, divided by the nodes that there were. */
  LOCAL,
  /** All are admitted. */
  OPEN,
  /** None are. */
  CLOSED
}
