package dev.sluice.webhook;

import java.time.Instant;
import java.util.UUID;

/** Where the page before ended: at what was made then, and has this id. */
public record Cursor(Instant time, UUID id) {}
