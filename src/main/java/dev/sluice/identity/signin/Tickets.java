package dev.sluice.identity.signin;

import dev.sluice.identity.session.Sessions;
import dev.sluice.identity.token.AccessSettings;
import dev.sluice.identity.token.SigningKeys;
import dev.sluice.identity.user.User;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.function.Supplier;

/** Makes the gateway's own access tokens (RFC 9068, but for the client's id: there are none). */
public final class Tickets {

  /** Who issues them, and what they are like. */
  public record Issuing(String issuer, AccessSettings access) {}

  private final SigningKeys keys;
  private final Sessions sessions;
  private final Supplier<Issuing> issuing;

  public Tickets(SigningKeys keys, Sessions sessions, Supplier<Issuing> issuing) {
    this.keys = keys;
    this.sessions = sessions;
    this.issuing = issuing;
  }

  /** What a user of a session is given. */
  public Future<SignedIn> of(User user, Sessions.Kept kept) {
    Duration lifetime = issuing.get().access().lifetime();
    return token(user.id(), kept.session(), List.of(), lifetime)
        .map(
            token ->
                new SignedIn(
                    token, lifetime.toSeconds(), sessions.csrf(kept.session()), user, kept));
  }

  /** A token with roles of its own, beside those that the user has. */
  public Future<String> token(UUID user, UUID session, List<String> roles, Duration lifetime) {
    long now = System.currentTimeMillis() / 1000;
    JsonObject claims =
        new JsonObject()
            .put("iss", issuing.get().issuer())
            .put("aud", issuing.get().access().audience())
            .put("sub", user.toString())
            .put("sid", session.toString())
            .put("iat", now)
            .put("exp", now + lifetime.toSeconds())
            .put("jti", UUID.randomUUID().toString());
    if (!roles.isEmpty()) claims.put("roles", new JsonArray(roles));
    return keys.sign(claims);
  }
}
