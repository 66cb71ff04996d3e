package dev.sluice.call;

import java.time.Instant;
import java.util.Map;

/**
 * Something that has happened, told to whoever wants to hear of it.
 *
 * @param type words between dots, such as {@code job.finished}
 * @param owner the id of the user whose it is; null where it is nobody's
 * @param data what can be shown to that user, as JSON
 * @param at when it has happened
 */
public record Event(String type, String owner, Map<String, Object> data, Instant at) {}
