package dev.sluice.bus;

/**
 * Tells every station of this JVM that nobody waits any more for the work named by this call id.
 */
public record Cancel(String id) {
  public static final Topic<Cancel> TOPIC = new Topic<>("call.cancelled", Cancel.class);
}
