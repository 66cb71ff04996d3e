/**
 * HTTP caching proper, for routes with {@code cache: http}: what may be stored, for how long it is
 * fresh, for which requests it is the answer (RFC 9111, with RFC 5861, 9213, 9875 and 9211), and
 * the store itself. Pure but for the store; sends and receives nothing.
 */
package dev.sluice.cache.http;
