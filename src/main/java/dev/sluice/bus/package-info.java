/**
 * The seam between verticles: typed addresses, topics and flows over the event bus, and the one
 * codec their records travel by. No call site sees a string address, a cast, a codec or a {@code
 * Message}.
 */
package dev.sluice.bus;
