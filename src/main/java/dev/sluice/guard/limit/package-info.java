/**
 * Rate limits: how many calls are admitted of whom, in any window of time, by this gateway and all
 * that share a Redis. {@link dev.sluice.guard.limit.Limits} is what the configuration says, {@link
 * dev.sluice.guard.limit.Tallies} what has been counted. Nothing here knows HTTP.
 */
package dev.sluice.guard.limit;
