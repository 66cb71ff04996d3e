package dev.sluice.call;

/**
 * Names a stream of bytes that crosses the event bus: what a message carries in place of bytes that
 * are too many, or not made yet. Whoever opened it writes; one other reads, once.
 *
 * @param id unique, and not secret
 */
public record Flow(String id) {}
