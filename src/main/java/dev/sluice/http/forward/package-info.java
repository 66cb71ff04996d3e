/**
 * Prefix routes: which requests go to which upstream, and what becomes of their fields on the way.
 * Pure; the door does the sending.
 */
package dev.sluice.http.forward;
