/**
 * Twitch: the Helix API and its OAuth endpoint (dev.twitch.tv/docs/api/reference). Only what is
 * particular to Twitch; how calls wait, leave and are retried is the provider package's.
 */
package dev.sluice.provider.twitch;
