/**
 * The operations of what the engine does with calls: limits, jobs, webhooks. What they do belongs
 * to the engine; here it is shown to callers, and its tables are in this app's schema.
 */
package dev.sluice.app.traffic;
