package dev.sluice.provider.openid;

import dev.sluice.call.Body;
import dev.sluice.call.Params;
import io.netty.handler.codec.http.QueryStringEncoder;
import io.vertx.core.buffer.Buffer;
import java.net.URI;
import java.util.List;
import java.util.Set;

/** What is sent to a token endpoint (RFC 6749 §4.1.3 and §6, RFC 7636 §4.5). Pure. */
final class TokenForm {
  private static final String TYPE = "application/x-www-form-urlencoded";
  private static final Set<String> HERE = Set.of("localhost", "127.0.0.1", "[::1]");
  private static final List<String> FIELDS =
      List.of("grant_type", "code", "redirect_uri", "code_verifier", "refresh_token", "scope");

  private TokenForm() {}

  /** The fields of a call, and the client's credentials by client_secret_post. */
  static Body of(Params params, OpenIdSettings settings) {
    QueryStringEncoder form = new QueryStringEncoder("");
    for (String field : FIELDS) {
      if (params.has(field)) form.addParam(field, params.text(field));
    }
    form.addParam("client_id", settings.clientId());
    form.addParam("client_secret", settings.clientSecret());
    return new Body(Buffer.buffer(form.toString().substring(1)), TYPE);
  }

  /** Whether the secret may go there: by TLS, or without leaving this machine (RFC 6749 §3.2). */
  static boolean maySend(String endpoint) {
    try {
      URI url = URI.create(endpoint);
      if (url.getHost() == null || url.getRawUserInfo() != null || url.getRawFragment() != null) {
        return false;
      }
      boolean here = HERE.contains(url.getHost());
      return "https".equals(url.getScheme()) || here && "http".equals(url.getScheme());
    } catch (IllegalArgumentException e) {
      return false;
    }
  }
}
