/**
 * Connections to targets, and what is said on them: HTTP/1.1 is spoken here, HTTP/2 by Vert.x, and
 * who uses them need not know which.
 */
package dev.sluice.upstream.connection;
