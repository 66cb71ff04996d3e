/**
 * Real servers that come with Sluice: PostgreSQL and Redis, started from binaries on the class
 * path, kept in one data directory, and never outliving the program. Plain blocking Java for a
 * worker thread: no Vert.x, no SQL, no commands to the servers but the question whether they are
 * ready. Every {@link java.io.IOException} thrown here has a message for a person: what happened
 * and what to do.
 */
package dev.sluice.store.embedded;
