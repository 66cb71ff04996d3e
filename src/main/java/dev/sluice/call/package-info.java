/**
 * The gateway's vocabulary: {@link dev.sluice.call.Call}, {@link dev.sluice.call.Reply}, {@link
 * dev.sluice.call.Failure} and what they are made of. Immutable values, no I/O, nothing that knows
 * a door or an app.
 */
package dev.sluice.call;
