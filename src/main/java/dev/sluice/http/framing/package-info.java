/**
 * Where a request begins and ends on the wire, and nothing else (RFC 9112, RFC 9113). It stands
 * before the HTTP codec, behind TLS where there is TLS, so that no message is ever read two ways:
 * what is not framed beyond doubt is refused, and its connection, or its HTTP/2 stream, ended. May
 * not know operations, calls or replies.
 */
package dev.sluice.http.framing;
