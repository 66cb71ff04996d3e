/**
 * Channels: named sequences of events that many clients hear, each event once and in order. The
 * owner of a channel's events is Redis, which numbers them and keeps the last; a shard of each node
 * hears of them, and tells the event loops where someone listens. Who may hear what is asked of the
 * apps; nothing here knows a socket or a request.
 */
package dev.sluice.realtime.channel;
