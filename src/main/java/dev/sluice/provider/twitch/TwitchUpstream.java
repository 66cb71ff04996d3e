package dev.sluice.provider.twitch;

import dev.sluice.call.Call;
import dev.sluice.call.Failure;
import dev.sluice.call.Headers;
import dev.sluice.call.Reply;
import dev.sluice.provider.Outlet;
import dev.sluice.provider.Upstream;
import dev.sluice.provider.UpstreamAnswer;
import dev.sluice.provider.UpstreamRequest;
import io.netty.handler.codec.http.QueryStringEncoder;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;

/**
 * Twitch Helix. Its operations, by the calls they take:
 *
 * <ul>
 *   <li>{@code users {id | login}} → one user; up to 100 leave as one request
 *   <li>{@code games {id | name}} → one game; up to 100 leave as one request
 *   <li>{@code clips {broadcaster_id, first}} → {@code {data, pagination}}
 *   <li>{@code followed {user_id, first, after?}} → {@code {total, data, pagination}}, with the
 *       caller's own token
 *   <li>{@code validate {}} → {@code {client_id, login, scopes, user_id, expires_in}} of the
 *       caller's own token
 * </ul>
 */
public final class TwitchUpstream implements Upstream {
  private static final int MOST_IDS = 100;

  private final TwitchSettings settings;
  private AppToken appToken;

  public TwitchUpstream(TwitchSettings settings) {
    this.settings = settings;
  }

  @Override
  public String name() {
    return "twitch";
  }

  @Override
  public String missingSetting() {
    if (settings.clientId().isEmpty()) return "providers.twitch.clientId";
    return settings.clientSecret().isEmpty() ? "providers.twitch.clientSecret" : null;
  }

  @Override
  public void start(Outlet outlet) {
    appToken = new AppToken(settings, outlet);
  }

  @Override
  public BatchKey batch(Call call) {
    return isLookup(call) ? new BatchKey(call.operation(), MOST_IDS) : null;
  }

  @Override
  public Future<UpstreamRequest> write(List<Call> calls) {
    Call call = calls.get(0);
    if (call.operation().equals("validate")) {
      String url = settings.authUrl() + "/oauth2/validate";
      String token = "OAuth " + call.caller().token();
      return Future.succeededFuture(UpstreamRequest.get(url, Headers.of("authorization", token)));
    }
    Future<String> token =
        isOwn(call) ? Future.succeededFuture(call.caller().token()) : appToken.get();
    return token.map(t -> UpstreamRequest.get(settings.apiUrl() + path(calls), headers(t)));
  }

  @Override
  public List<Future<Reply>> read(List<Call> calls, UpstreamAnswer answer) {
    if (answer.status() != 200) return failed(calls, refusal(calls.get(0), answer));
    JsonObject json = answer.json();
    if (!isLookup(calls.get(0))) return List.of(Future.succeededFuture(Reply.json(json)));
    JsonArray found = json.getJsonArray("data");
    return calls.stream().map(call -> one(call, found)).toList();
  }

  @Override
  public Future<Boolean> renew(List<Call> calls, UpstreamAnswer answer) {
    if (isOwn(calls.get(0))) return Future.succeededFuture(false);
    String refused = answer.request().headers().get("authorization").substring("Bearer ".length());
    return appToken.replace(refused).map(true);
  }

  /** App tokens share one bucket, each user's token has its own; validate costs nothing. */
  @Override
  public String quotaKey(List<Call> calls) {
    Call call = calls.get(0);
    return isOwn(call) ? call.caller().subject() : "";
  }

  @Override
  public QuotaNews quota(UpstreamAnswer answer) {
    long limit = answer.number("Ratelimit-Limit", -1);
    long remaining = answer.number("Ratelimit-Remaining", -1);
    long reset = answer.number("Ratelimit-Reset", -1);
    return limit <= 0 || remaining < 0
        ? null
        : new QuotaNews((int) limit, (int) remaining, reset * 1000);
  }

  private static String path(List<Call> calls) {
    Call call = calls.get(0);
    QueryStringEncoder url =
        new QueryStringEncoder(
            call.operation().equals("followed")
                ? "/helix/channels/followed"
                : "/helix/" + call.operation());
    for (Call one : calls) {
      one.params().values().forEach((name, value) -> url.addParam(name, value.toString()));
    }
    return url.toString();
  }

  private Headers headers(String token) {
    return Headers.of("authorization", "Bearer " + token, "client-id", settings.clientId());
  }

  /** Helix leaves unknown ids out without a word, and gives the rest in its own order. */
  private static Future<Reply> one(Call call, JsonArray found) {
    String by = call.params().values().keySet().iterator().next();
    String wanted = call.params().text(by);
    for (int i = 0; i < found.size(); i++) {
      JsonObject item = found.getJsonObject(i);
      if (wanted.equalsIgnoreCase(item.getString(by))) {
        return Future.succeededFuture(Reply.json(item));
      }
    }
    String what = call.operation().equals("users") ? "user" : "game";
    return Future.failedFuture(
        Failure.notFound(
                what.toUpperCase(java.util.Locale.ROOT) + "_NOT_FOUND",
                "Twitch knows no " + what + " with the " + by + " \"" + wanted + "\".")
            .suggest("Check the spelling of " + by + "."));
  }

  private static Failure refusal(Call call, UpstreamAnswer answer) {
    if (isOwn(call) && answer.status() == 401) {
      return Failure.of(
              Failure.Category.AUTHENTICATION, "UNAUTHORIZED", "Twitch does not accept the token.")
          .suggest("Sign in with Twitch again, asking for the scope user:read:follows.");
    }
    if (isOwn(call) && answer.status() == 403) {
      return Failure.of(Failure.Category.AUTHORIZATION, "FORBIDDEN", "The token may not do this.");
    }
    return Failure.of(Failure.Category.UPSTREAM, "PROVIDER_ERROR", "twitch refused the call.")
        .detail("provider", "twitch")
        .detail("providerStatus", answer.status())
        .isFinal();
  }

  private static List<Future<Reply>> failed(List<Call> calls, Failure failure) {
    List<Future<Reply>> all = new ArrayList<>();
    for (int i = 0; i < calls.size(); i++) all.add(Future.failedFuture(failure));
    return all;
  }

  private static boolean isLookup(Call call) {
    return call.operation().equals("users") || call.operation().equals("games");
  }

  /** Whether the call goes out under the caller's own token. */
  private static boolean isOwn(Call call) {
    return call.operation().equals("followed") || call.operation().equals("validate");
  }
}
