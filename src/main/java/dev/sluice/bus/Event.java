package dev.sluice.bus;

import java.time.Instant;
import java.util.Map;

/**
 * Something has happened that others may want to hear of.
 *
 * @param id the same where it is told twice
 * @param type such as {@code job.succeeded}
 * @param owner the user whose it is; null, nobody's
 * @param data what is to be known of it, as JSON
 */
public record Event(String id, String type, String owner, Map<String, Object> data, Instant at) {
  public static final Topic<Event> TOPIC = new Topic<>("event", Event.class);
}
