package dev.sluice.sandbox.twitch;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import com.fasterxml.jackson.databind.annotation.JsonSerialize;
import com.fasterxml.jackson.databind.ser.std.ToStringSerializer;
import java.time.Instant;

/** A Helix clip; {@code videoId} is empty and {@code vodOffset} null once the video is gone. */
@JsonNaming(SnakeCaseStrategy.class)
record Clip(
    String id,
    String url,
    String embedUrl,
    String broadcasterId,
    String broadcasterName,
    String creatorId,
    String creatorName,
    String videoId,
    String gameId,
    String language,
    String title,
    int viewCount,
    @JsonSerialize(using = ToStringSerializer.class) Instant createdAt,
    String thumbnailUrl,
    double duration,
    Integer vodOffset,
    boolean isFeatured) {}
