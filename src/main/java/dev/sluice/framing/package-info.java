/**
 * Where an HTTP/1 message begins and ends on the wire, and nothing else (RFC 9112): requests of
 * clients and responses of upstreams. It stands before the HTTP codecs, so that no message is ever
 * read two ways: what is not framed beyond doubt is refused and its connection closed. May not know
 * operations, calls or replies.
 */
package dev.sluice.framing;
