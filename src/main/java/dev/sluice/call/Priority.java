package dev.sluice.call;

/** Which lane of a mailbox a call waits in, most urgent first. */
public enum Priority {
  HIGH,
  NORMAL,
  LOW
}
