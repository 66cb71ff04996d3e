package dev.sluice.identity.oauth;

import dev.sluice.identity.session.Turns;
import dev.sluice.store.NotSealedHere;
import dev.sluice.store.Secrets;
import io.vertx.core.Future;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import java.util.UUID;

/**
 * A provider's refresh token: kept by the user's browser alone, sealed, so that neither the browser
 * nor the database has it. It is good in its own session, and for one turn.
 */
public final class ProviderCookie {
  /** Browsers keep no larger cookie (RFC 6265 §6.1). */
  private static final int LARGEST = 4000;

  private final Secrets secrets;
  private final Turns turns;

  public ProviderCookie(Secrets secrets, Turns turns) {
    this.secrets = secrets;
    this.turns = turns;
  }

  /** What is in one. */
  public record Content(String provider, String refreshToken, int turn) {

    /** For another turn; some providers send another refresh token, with others it stays good. */
    public Content next(Granted granted, int turn) {
      boolean another = granted != null && granted.refreshToken() != null;
      return new Content(provider, another ? granted.refreshToken() : refreshToken, turn);
    }

    @Override
    public String toString() {
      return "Content[" + provider + ", " + turn + "]";
    }
  }

  /** Empty where there is no refresh token, or one that no browser would keep. */
  public Optional<String> seal(UUID session, Content content) {
    if (content.refreshToken == null) return Optional.empty();
    JsonObject json =
        new JsonObject()
            .put("p", content.provider)
            .put("r", content.refreshToken)
            .put("t", content.turn);
    byte[] bytes = json.encode().getBytes(StandardCharsets.UTF_8);
    byte[] sealed = secrets.seal(bytes, bound(session));
    String value = Base64.getUrlEncoder().withoutPadding().encodeToString(sealed);
    return value.length() > LARGEST ? Optional.empty() : Optional.of(value);
  }

  /** What is in one of this session's; empty where it is none. */
  public Optional<Content> open(UUID session, String value) {
    try {
      byte[] bytes = secrets.open(Base64.getUrlDecoder().decode(value), bound(session));
      JsonObject json = new JsonObject(new String(bytes, StandardCharsets.UTF_8));
      return Optional.of(
          new Content(json.getString("p"), json.getString("r"), json.getInteger("t")));
    } catch (IllegalArgumentException | DecodeException | NotSealedHere e) {
      return Optional.empty();
    }
  }

  /** Takes the turn of one: the next turn's number, or empty where it has had its turn before. */
  public Future<Optional<Integer>> take(UUID session, Content content) {
    return turns.takeProvider(session, content.turn);
  }

  private static String bound(UUID session) {
    return "provider-refresh-token " + session;
  }
}
