package dev.sluice.sandbox.twitch;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import com.fasterxml.jackson.databind.annotation.JsonSerialize;
import com.fasterxml.jackson.databind.ser.std.ToStringSerializer;
import java.time.Instant;

/** One channel that a user follows. */
@JsonNaming(SnakeCaseStrategy.class)
record Follow(
    String broadcasterId,
    String broadcasterLogin,
    String broadcasterName,
    @JsonSerialize(using = ToStringSerializer.class) Instant followedAt) {}
