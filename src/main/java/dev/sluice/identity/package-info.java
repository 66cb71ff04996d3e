/**
 * Who calls: the door {@link dev.sluice.identity.Identity} to users, sessions and what they sign in
 * with. {@code token} judges and makes tokens, {@code user} knows users, {@code session} their
 * sessions, {@code signin} the ways in, {@code audit} what has happened. Knows no HTTP door and no
 * app.
 */
package dev.sluice.identity;
