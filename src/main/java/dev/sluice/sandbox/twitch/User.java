package dev.sluice.sandbox.twitch;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import com.fasterxml.jackson.databind.annotation.JsonSerialize;
import com.fasterxml.jackson.databind.ser.std.ToStringSerializer;
import java.time.Instant;

/** A Helix user; {@code email} is absent unless the asker may read it. */
@JsonNaming(SnakeCaseStrategy.class)
@JsonInclude(JsonInclude.Include.NON_NULL)
record User(
    String id,
    String login,
    String displayName,
    String type,
    String broadcasterType,
    String description,
    String profileImageUrl,
    String offlineImageUrl,
    int viewCount,
    String email,
    @JsonSerialize(using = ToStringSerializer.class) Instant createdAt) {

  User withEmail(String address) {
    return new User(
        id,
        login,
        displayName,
        type,
        broadcasterType,
        description,
        profileImageUrl,
        offlineImageUrl,
        viewCount,
        address,
        createdAt);
  }
}
