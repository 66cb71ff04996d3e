package dev.sluice.sandbox.openid;

import dev.sluice.sandbox.openid.Refusal.Reason;
import io.vertx.ext.web.RoutingContext;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;

/** Whether it is the application that asks: client_secret_post or _basic (RFC 6749 §2.3.1). */
record ClientAuthentication(Client client) {

  void require(RoutingContext ctx, Fields form) {
    String header = ctx.request().getHeader("authorization");
    if (header == null) {
      check(form.require("client_id"), form.get("client_secret"));
      return;
    }
    if (form.get("client_secret") != null) {
      throw new Refusal(Reason.TWO_AUTHENTICATIONS);
    }
    String[] idAndSecret = basic(header).split(":", 2);
    check(decoded(idAndSecret[0]), idAndSecret.length == 2 ? decoded(idAndSecret[1]) : null);
  }

  private void check(String id, String secret) {
    if (!id.equals(client.id())) {
      throw new Refusal(Reason.UNKNOWN_CLIENT, id);
    }
    if (secret == null || secret.isEmpty()) {
      throw new Refusal(Reason.MISSING_SECRET);
    }
    if (!MessageDigest.isEqual(Digests.sha256(secret), Digests.sha256(client.secret()))) {
      throw new Refusal(Reason.WRONG_SECRET, id);
    }
  }

  private static String basic(String header) {
    try {
      String[] schemeAndToken = header.trim().split(" +", 2);
      if (schemeAndToken.length == 2 && schemeAndToken[0].equalsIgnoreCase("basic")) {
        return new String(Base64.getDecoder().decode(schemeAndToken[1]), StandardCharsets.UTF_8);
      }
    } catch (IllegalArgumentException notBase64) {
      // said below, together with another scheme
    }
    throw new Refusal(Reason.MISSING, "client_id");
  }

  private static String decoded(String text) {
    try {
      return URLDecoder.decode(text, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return text;
    }
  }
}
