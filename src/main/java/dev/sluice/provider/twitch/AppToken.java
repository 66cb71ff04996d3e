package dev.sluice.provider.twitch;

import dev.sluice.call.Failure;
import dev.sluice.provider.Outlet;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.client.HttpResponse;
import java.time.Duration;

/**
 * The application's token by client credentials (dev.twitch.tv/docs/authentication): one fetch at a
 * time, kept as long as configured and no longer than Twitch says, renewed in the background when a
 * tenth of its life is left, and at once after a 401. Not thread-safe; owned by one verticle.
 */
final class AppToken {
  private final TwitchSettings settings;
  private final Outlet outlet;
  private String token;
  private long renewAt;
  private long expiresAt;
  private Future<String> fetching;

  AppToken(TwitchSettings settings, Outlet outlet) {
    this.settings = settings;
    this.outlet = outlet;
  }

  Future<String> get() {
    long now = System.nanoTime();
    if (token == null || now - expiresAt >= 0) return fetch();
    if (now - renewAt >= 0) fetch();
    return Future.succeededFuture(token);
  }

  /** Gets a new token, unless the refused one has been replaced already. */
  Future<String> replace(String refused) {
    if (!refused.equals(token) && token != null) return Future.succeededFuture(token);
    token = null;
    return fetch();
  }

  private Future<String> fetch() {
    if (fetching != null) return fetching;
    MultiMap form =
        MultiMap.caseInsensitiveMultiMap()
            .add("client_id", settings.clientId())
            .add("client_secret", settings.clientSecret())
            .add("grant_type", "client_credentials");
    fetching =
        outlet
            .web()
            .postAbs(settings.authUrl() + "/oauth2/token")
            .timeout(outlet.timeout().toMillis())
            .sendForm(form)
            .transform(
                (answer, cause) ->
                    cause == null ? read(answer) : Future.failedFuture(unreachable("")))
            .onComplete(done -> fetching = null);
    return fetching;
  }

  private Future<String> read(HttpResponse<Buffer> answer) {
    if (answer.statusCode() >= 500 || answer.statusCode() == 429) {
      return Future.failedFuture(unreachable(" (" + answer.statusCode() + ")"));
    }
    if (answer.statusCode() != 200) return Future.failedFuture(refused());
    try {
      JsonObject json = answer.bodyAsJsonObject();
      String issued = json.getString("access_token");
      long seconds = json.getLong("expires_in", 0L);
      if (issued == null || seconds <= 0) return Future.failedFuture(unreachable(" (no token)"));
      keep(issued, Duration.ofSeconds(seconds));
      return Future.succeededFuture(issued);
    } catch (RuntimeException notJson) {
      return Future.failedFuture(unreachable(" (not JSON)"));
    }
  }

  private void keep(String issued, Duration life) {
    long nanos = Math.min(settings.keepToken().toNanos(), life.toNanos());
    long now = System.nanoTime();
    token = issued;
    renewAt = now + nanos / 10 * 9;
    expiresAt = now + nanos;
  }

  private static Failure unreachable(String detail) {
    return Failure.of(
            Failure.Category.UPSTREAM, "PROVIDER_ERROR", "twitch gives no token" + detail + ".")
        .detail("provider", "twitch")
        .suggest("The provider has trouble; try again later.");
  }

  private static Failure refused() {
    return Failure.unavailable(
            "PROVIDER_NOT_CONFIGURED", "twitch refuses this gateway's client id or secret.")
        .isFinal()
        .detail("setting", "providers.twitch.clientSecret")
        .suggest("Check providers.twitch.clientId and clientSecret against the Twitch console.");
  }
}
