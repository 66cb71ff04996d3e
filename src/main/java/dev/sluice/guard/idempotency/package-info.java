/**
 * What makes a call safe to repeat: its key, and who of its repeats runs. It ends where the effect
 * is: an effect in PostgreSQL happens in one transaction with the word that it has.
 */
package dev.sluice.guard.idempotency;
