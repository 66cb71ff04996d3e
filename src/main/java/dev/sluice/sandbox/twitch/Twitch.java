package dev.sluice.sandbox.twitch;

import static io.vertx.core.http.HttpMethod.DELETE;
import static io.vertx.core.http.HttpMethod.GET;
import static io.vertx.core.http.HttpMethod.POST;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import dev.sluice.sandbox.Answer;
import dev.sluice.sandbox.BadControl;
import dev.sluice.sandbox.ControlAction;
import dev.sluice.sandbox.Operation;
import dev.sluice.sandbox.SimulatedProvider;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.time.Clock;
import java.util.List;

/** The simulated Twitch. */
public final class Twitch implements SimulatedProvider {

  /** The one client it knows. */
  public static final String CLIENT_ID = "sluicesandboxtwitchclient00000";

  /** That client's secret. */
  public static final String CLIENT_SECRET = "sluicesandboxtwitchsecret00000";

  private final Catalogue catalogue = CatalogueSeed.grow();
  private final Tokens tokens;
  private final Quota quota;
  private final Helix helix;

  /** A user token that a developer asked for, with a code that is good for one more. */
  @JsonNaming(SnakeCaseStrategy.class)
  record UserToken(
      String accessToken,
      String refreshToken,
      String code,
      long expiresIn,
      List<String> scope,
      String userId,
      String login) {}

  /** How many tokens were ended. */
  record Expired(int expired) {}

  /** The capacity of every bucket from now on. */
  record Capacity(int capacity) {}

  /** Starts with no tokens given out and all buckets full. */
  public Twitch(Clock clock) {
    tokens = new Tokens(clock);
    quota = new Quota(clock);
    helix = new Helix(tokens, quota);
  }

  @Override
  public String name() {
    return "twitch";
  }

  @Override
  public List<Operation> operations() {
    Endpoints endpoints = new Endpoints(catalogue);
    ClipSearch clips = new ClipSearch(catalogue);
    OAuth oauth = new OAuth(tokens);
    return List.of(
        Operation.of("get-users", GET, "/helix/users", helix.behindDoor(endpoints::users)),
        Operation.of("get-clips", GET, "/helix/clips", helix.behindDoor(clips::clips)),
        Operation.of("get-games", GET, "/helix/games", helix.behindDoor(endpoints::games)),
        Operation.of(
            "get-followed-channels",
            GET,
            "/helix/channels/followed",
            helix.behindDoor(endpoints::followedChannels)),
        Operation.of("oauth-token", POST, "/oauth2/token", OAuth.shaped(oauth::token)),
        Operation.of("oauth-validate", GET, "/oauth2/validate", OAuth.shaped(oauth::validate)),
        Operation.of("oauth-revoke", POST, "/oauth2/revoke", OAuth.shaped(oauth::revoke)));
  }

  @Override
  public List<String> roots() {
    return List.of("/helix/", "/oauth2/");
  }

  @Override
  public Answer failure(RoutingContext ctx, int status) {
    return ctx.request().path().startsWith("/oauth2/")
        ? OAuth.failure(status)
        : helix.failure(status);
  }

  @Override
  public List<ControlAction> controls() {
    return List.of(
        new ControlAction(
            POST, "tokens", "{provider, login, scopes?: [\"user:read:follows\"]}", this::issue),
        new ControlAction(
            POST, "tokens/expire", "{provider, login?}: app tokens, or that user's", this::expire),
        new ControlAction(
            POST, "quota", "{provider, capacity}: points a minute, else 800", this::setQuota),
        new ControlAction(DELETE, "quota", "", ignored -> setQuota(Quota.USUAL_CAPACITY)));
  }

  private UserToken issue(JsonObject asked) {
    User user = user(asked.getValue("login"));
    Object scopes = asked.getValue("scopes", new JsonArray());
    if (!(scopes instanceof JsonArray array)
        || !array.stream().allMatch(String.class::isInstance)) {
      throw new BadControl("scopes must be an array of strings");
    }
    List<String> scope = array.stream().map(String.class::cast).toList();
    Tokens.Grant grant = new Tokens.Grant(CLIENT_ID, user, scope);
    Token token = tokens.user(grant);
    return new UserToken(
        token.value(),
        tokens.refreshFor(grant),
        tokens.codeFor(grant),
        tokens.secondsLeft(token),
        scope,
        user.id(),
        user.login());
  }

  private Expired expire(JsonObject asked) {
    Object login = asked.getValue("login");
    if (login == null) {
      return new Expired(tokens.expire(Token::ofApp));
    }
    User user = user(login);
    return new Expired(tokens.expire(t -> !t.ofApp() && t.user().id().equals(user.id())));
  }

  private User user(Object login) {
    if (!(login instanceof String text)) {
      throw new BadControl("login must be a seeded user's login, for example ninja");
    }
    return catalogue
        .userByLogin(text)
        .orElseThrow(() -> new BadControl("No seeded user has the login '" + text + "'"));
  }

  private Capacity setQuota(JsonObject asked) {
    if (!(asked.getValue("capacity") instanceof Integer capacity) || capacity < 0) {
      throw new BadControl("capacity must be a whole number, 0 or more");
    }
    return setQuota(capacity);
  }

  private Capacity setQuota(int capacity) {
    quota.setCapacity(capacity);
    return new Capacity(capacity);
  }
}
