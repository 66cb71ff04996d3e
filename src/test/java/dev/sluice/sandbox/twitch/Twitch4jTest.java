package dev.sluice.sandbox.twitch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.github.philippheuer.credentialmanager.CredentialManager;
import com.github.philippheuer.credentialmanager.CredentialManagerBuilder;
import com.github.philippheuer.credentialmanager.domain.OAuth2Credential;
import com.github.twitch4j.auth.providers.TwitchIdentityProvider;
import com.github.twitch4j.helix.TwitchHelix;
import com.github.twitch4j.helix.TwitchHelixBuilder;
import com.github.twitch4j.helix.domain.Clip;
import com.github.twitch4j.helix.domain.ClipList;
import com.github.twitch4j.helix.domain.Game;
import com.github.twitch4j.helix.domain.OutboundFollow;
import com.github.twitch4j.helix.domain.User;
import com.netflix.hystrix.HystrixCommand;
import com.netflix.hystrix.exception.HystrixRuntimeException;
import dev.sluice.sandbox.ProviderContract;
import dev.sluice.sandbox.RunningSandbox;
import dev.sluice.sandbox.Sandbox;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A public client that knows the real Twitch works here, pointed at the sandbox's address only. */
class Twitch4jTest {

  @RegisterExtension static final RunningSandbox sandbox = new RunningSandbox();

  private TwitchIdentityProvider identity;
  private TwitchHelix helix;
  private String app;

  @BeforeEach
  void connect() {
    identity =
        new TwitchIdentityProvider(
            Sandbox.TWITCH_CLIENT_ID,
            Sandbox.TWITCH_CLIENT_SECRET,
            "http://localhost/callback",
            sandbox.sandbox().url() + "/oauth2");
    CredentialManager credentials = CredentialManagerBuilder.builder().build();
    credentials.registerIdentityProvider(identity);
    helix =
        TwitchHelixBuilder.builder()
            .withCredentialManager(credentials)
            .withBaseUrl(sandbox.sandbox().url() + "/helix")
            .withClientId(Sandbox.TWITCH_CLIENT_ID)
            .withClientSecret(Sandbox.TWITCH_CLIENT_SECRET)
            .build();
    app = identity.getAppAccessToken().getAccessToken();
  }

  /** What a client asks that knows the real Twitch is within the contract too. */
  @AfterEach
  void askedWithinTheContract() {
    sandbox.control("GET", "/calls", null).json().getJsonArray("recent").stream()
        .map(JsonObject.class::cast)
        .forEach(
            call ->
                ProviderContract.twitch()
                    .ifPresent(
                        contract ->
                            contract.checkRequest(
                                call.getString("method"),
                                URI.create(call.getString("uri")),
                                null)));
  }

  @Test
  void findsUsersAndGames() {
    List<User> users =
        helix.getUsers(app, List.of("37402112"), List.of("ninja")).execute().getUsers();
    assertEquals(List.of("Ninja", "shroud"), users.stream().map(User::getDisplayName).toList());
    List<Game> games =
        helix.getGames(app, List.of("509658"), List.of("Fortnite"), null).execute().getGames();
    assertEquals(List.of("Just Chatting", "Fortnite"), games.stream().map(Game::getName).toList());
  }

  @Test
  void pagesThroughClips() {
    Set<String> seen = new HashSet<>();
    String cursor = null;
    do {
      ClipList page = clips(cursor).execute();
      page.getData().stream().map(Clip::getId).forEach(seen::add);
      cursor = page.getPagination().getCursor();
    } while (cursor != null);
    assertEquals(161, seen.size());
    Instant from = Instant.parse("2025-03-01T00:00:00Z");
    ClipList window =
        helix
            .getClips(
                app, null, "33214", null, null, null, 5, from, from.plus(Duration.ofDays(90)), true)
            .execute();
    assertTrue(window.getData().stream().allMatch(Clip::isFeatured));
  }

  private HystrixCommand<ClipList> clips(String after) {
    return helix.getClips(app, "19571641", null, null, after, null, 60, null, null, null);
  }

  @Test
  void signsAUserInWithACodeAndReadsTheirFollows() {
    String code = sandbox.userToken("ninja", "user:read:follows").getString("code");
    OAuth2Credential user = identity.getCredentialByCode(code);
    OAuth2Credential known = identity.getAdditionalCredentialInformation(user).orElseThrow();
    assertEquals("19571641", known.getUserId());
    assertEquals(List.of("user:read:follows"), known.getScopes());
    var followed =
        helix
            .getFollowedChannels(user.getAccessToken(), known.getUserId(), null, 100, null)
            .execute();
    assertEquals(137, followed.getTotal());
    assertEquals(100, followed.getFollows().size());
    OutboundFollow latest = followed.getFollows().get(0);
    assertFalse(latest.getBroadcasterLogin().isEmpty());
    assertTrue(identity.refreshCredential(user).isPresent());
  }

  @Test
  void seesRevokedTokensAndFaults() {
    OAuth2Credential credential = identity.getAppAccessToken();
    assertTrue(identity.isCredentialValid(credential).orElseThrow());
    assertTrue(identity.revokeCredential(credential));
    assertFalse(identity.isCredentialValid(credential).orElseThrow());
    sandbox.fault(new JsonObject().put("operation", "get-users").put("status", 400));
    assertThrows(
        HystrixRuntimeException.class, () -> helix.getUsers(app, null, List.of("ninja")).execute());
  }
}
