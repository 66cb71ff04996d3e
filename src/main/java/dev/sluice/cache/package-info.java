/**
 * The cache station: shards that meet equal calls, a near cache every event loop reads, Redis
 * behind both, and tags that make entries stale without a scan. Knows operations and their
 * policies, not who answers them.
 */
package dev.sluice.cache;
