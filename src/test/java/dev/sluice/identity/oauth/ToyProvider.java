package dev.sluice.identity.oauth;

import dev.sluice.harness.ToyIssuer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/** A provider that says whatever a test wants it to. */
final class ToyProvider implements AutoCloseable {
  static final String CLIENT = "toy-client";

  final ToyIssuer issuer = new ToyIssuer();
  final String url = issuer.keysUrl().replace("/jwks.json", "");
  volatile UnaryOperator<JsonObject> document = said -> said;
  volatile UnaryOperator<JsonObject> tokens = said -> said;
  volatile Function<JsonObject, String> idToken = issuer::token;
  volatile JsonObject claims = new JsonObject();
  private final String path;

  /** {@code path} is between the host and the rest of its addresses, as Microsoft's tenant. */
  ToyProvider(String path) {
    this.path = path;
    issuer.answers = this::answer;
  }

  /** Says the truth, of this sign-in. */
  void honest(Login login) {
    document = said -> said;
    tokens = said -> said;
    idToken = issuer::token;
    claims =
        issuer
            .claims()
            .put("iss", url + path)
            .put("aud", CLIENT)
            .put("nonce", login.query("nonce"));
  }

  private void answer(HttpServerRequest request) {
    JsonObject answer =
        switch (request.path().substring(request.path().lastIndexOf('/'))) {
          case "/openid-configuration" -> document.apply(described());
          case "/token" -> tokens.apply(granted());
          default -> issuer.published;
        };
    request.response().end(answer.toBuffer());
  }

  private JsonObject described() {
    return new JsonObject()
        .put("issuer", url + path)
        .put("authorization_endpoint", url + "/authorize?mode=toy")
        .put("token_endpoint", url + "/token")
        .put("jwks_uri", issuer.keysUrl());
  }

  private JsonObject granted() {
    return new JsonObject()
        .put("access_token", "toy-access")
        .put("token_type", "Bearer")
        .put("expires_in", 3600)
        .put("refresh_token", "toy-refresh")
        .put("id_token", idToken.apply(claims));
  }

  @Override
  public void close() {
    issuer.close();
  }
}
