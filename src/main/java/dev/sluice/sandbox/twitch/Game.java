package dev.sluice.sandbox.twitch;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;

/** A Helix game or category; {@code igdbId} is empty for what is no game. */
@JsonNaming(SnakeCaseStrategy.class)
record Game(String id, String name, String boxArtUrl, String igdbId) {}
