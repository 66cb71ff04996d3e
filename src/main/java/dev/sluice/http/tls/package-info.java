/**
 * What the door's TLS is made of: its settings, its certificate and the watch over the files, and
 * what upstreams are told of a client's certificate. May not know requests or replies.
 */
package dev.sluice.http.tls;
