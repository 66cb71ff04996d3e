package dev.sluice.websocket;

import java.time.Duration;

/**
 * What one socket may ask for.
 *
 * @param maxFrame bytes of one frame
 * @param maxMessage bytes of one message, of all its frames together, inflated
 * @param closing how long a peer that was told of the end may take to close its side
 */
public record Bounds(int maxFrame, int maxMessage, Duration closing) {}
