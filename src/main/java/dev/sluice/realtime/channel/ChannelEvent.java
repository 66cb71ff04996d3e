package dev.sluice.realtime.channel;

/**
 * Something that was told to a channel.
 *
 * @param id null where it is in no history: it was told while Redis was away
 * @param type such as {@code job.succeeded}
 * @param data as JSON
 * @param from the user who published it; null where the gateway did
 * @param at when, in ms since 1970
 */
public record ChannelEvent(
    String channel, EventId id, String type, String data, String from, long at) {}
