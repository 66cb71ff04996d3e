/**
 * The road to the third parties. One verticle owns everything about one upstream: its permits,
 * mailbox, quota, breaker, retries, connections, and the window in which single calls become one
 * batch. What is particular to a provider is its {@link dev.sluice.provider.Upstream}, in a package
 * of its own below this one; nothing here knows any of them.
 */
package dev.sluice.provider;
