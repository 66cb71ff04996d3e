/**
 * The way to the upstreams of prefix routes: which target a request goes to, the connections kept
 * to it, how it is found out that a target is ill and that it is well again. {@link
 * dev.sluice.upstream.Upstreams} is the door; one {@link dev.sluice.upstream.Pool} an event loop
 * and upstream lends {@link dev.sluice.upstream.Link}s. What is shared by event loops is in
 * atomics; what judges a target on its own account runs on one loop. Knows no client, no route and
 * no body: what is sent and whether it is repeated is the door's business.
 */
package dev.sluice.upstream;
