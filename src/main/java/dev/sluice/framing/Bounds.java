package dev.sluice.framing;

import java.time.Duration;

/**
 * What one connection may take.
 *
 * @param maxHead the most bytes an unfinished HTTP/1 head may have
 * @param maxStreams the most requests of an HTTP/2 connection at once
 * @param headTimeout how long a head may take, the TLS handshake before the first one included
 * @param idleTimeout how long an HTTP/2 connection may ask nothing, or take nothing it asked for
 */
public record Bounds(int maxHead, int maxStreams, Duration headTimeout, Duration idleTimeout) {}
