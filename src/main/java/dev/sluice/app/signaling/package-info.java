/**
 * Signaling (seed 000): rooms in which WebRTC peers find each other, exchange descriptions and
 * candidates, and hear who comes and leaves. Rooms are kept in Redis, by one script; no media
 * passes here.
 */
package dev.sluice.app.signaling;
