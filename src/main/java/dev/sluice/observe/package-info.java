/**
 * What an operator sees: metrics, the access log, health and tracing. Everything here is told by
 * others; it asks nobody and knows no door.
 */
package dev.sluice.observe;
