/**
 * A push service (RFC 8030) with the browsers behind it: it takes only what real ones take, and
 * shows what a browser would have read. Its cryptography is its own, of nothing but the JDK's.
 */
package dev.sluice.sandbox.push;
