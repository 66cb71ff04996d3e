/**
 * Where a request begins and ends on the wire, and nothing else (RFC 9112). It stands before the
 * HTTP codec, so that no message is ever read two ways: what is not framed beyond doubt is refused
 * and its connection closed. May not know operations, calls or replies.
 */
package dev.sluice.http.framing;
