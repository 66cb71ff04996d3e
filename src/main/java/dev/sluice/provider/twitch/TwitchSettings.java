package dev.sluice.provider.twitch;

import dev.sluice.provider.Traffic;
import java.time.Duration;

/**
 * The {@code providers.twitch} section.
 *
 * @param apiUrl the host of {@code /helix}
 * @param authUrl the host of {@code /oauth2}
 * @param clientId the application's id
 * @param clientSecret the application's secret
 * @param keepToken how long an app token is used at most
 * @param traffic how much Twitch is asked
 */
public record TwitchSettings(
    String apiUrl,
    String authUrl,
    String clientId,
    String clientSecret,
    Duration keepToken,
    Traffic traffic) {

  @Override
  public String toString() {
    return "TwitchSettings[" + apiUrl + ", " + authUrl + ", client " + clientId + "]";
  }
}
