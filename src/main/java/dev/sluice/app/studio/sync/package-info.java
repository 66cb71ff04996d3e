/**
 * What edits of the same thing on several devices have in common: which version a write is of, what
 * differs, what can be merged. Knows no store.
 */
package dev.sluice.app.studio.sync;
