/**
 * Any HTTP API: an upstream of the configuration as the origin of operations that a document of the
 * user's own declares. What is asked of it, the contract says; nothing here knows any API.
 */
package dev.sluice.provider.http;
