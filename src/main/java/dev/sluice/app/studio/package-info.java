/**
 * Studio, the backend of a stream-tools front end (seed 000): Twitch reads, and by packages of
 * their own saves, notes and OBS credentials. What Twitch is like is the Twitch upstream's
 * business, how replies are cached the contract's.
 */
package dev.sluice.app.studio;
