package dev.sluice.sandbox.twitch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sluice.sandbox.ProviderContract;
import dev.sluice.sandbox.Reply;
import dev.sluice.sandbox.RunningSandbox;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What is answered is checked in every test; here, that nothing documented goes unanswered. */
class ContractTest {

  @RegisterExtension static final RunningSandbox sandbox = new RunningSandbox();

  private static final Map<String, String> REQUESTS =
      Map.of(
          "get-users", "GET /helix/users?login=ninja",
          "get-clips", "GET /helix/clips?broadcaster_id=19571641",
          "get-games", "GET /helix/games?id=33214",
          "get-followed-channels", "GET /helix/channels/followed?user_id=19571641",
          "oauth-token", "POST /oauth2/token",
          "oauth-validate", "GET /oauth2/validate",
          "oauth-revoke", "POST /oauth2/revoke");

  @Test
  void everyDocumentedErrorCanBeInjectedInItsShape() {
    assumeTrue(ProviderContract.twitch().isPresent(), "the contracts are not at hand");
    Map<String, TreeSet<String>> documented = ProviderContract.twitch().orElseThrow().operations();
    assertEquals(REQUESTS.keySet(), documented.keySet());
    documented.forEach(
        (operation, statuses) ->
            statuses.stream()
                .map(Integer::valueOf)
                .filter(status -> status >= 400)
                .forEach(status -> assertInjectable(operation, status)));
  }

  @Test
  void aReplyThatTheContractForbidsIsSeen() {
    assumeTrue(ProviderContract.twitch().isPresent(), "the contracts are not at hand");
    Reply good = sandbox.helix(sandbox.appToken(), "/games?id=33214");
    Reply bad = new Reply(200, good.headers(), good.body().replace("igdb_id", "igdb"));
    ProviderContract contract = ProviderContract.twitch().orElseThrow();
    assertThrows(
        AssertionError.class,
        () -> contract.check("GET", URI.create("/helix/games?id=33214"), null, bad));
  }

  private static void assertInjectable(String operation, int status) {
    sandbox.fault(
        new JsonObject().put("operation", operation).put("status", status).put("times", 1));
    String[] methodAndUri = REQUESTS.get(operation).split(" ");
    Reply reply = sandbox.send(methodAndUri[0], methodAndUri[1], null);
    assertEquals(status, reply.status());
    assertEquals(status, reply.json().getInteger("status"));
  }
}
