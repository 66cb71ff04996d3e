/**
 * The operations of {@link dev.sluice.identity.Identity}, as seeds 000 to 003 have them: one user
 * and one session model behind all of them.
 */
package dev.sluice.app.identity;
