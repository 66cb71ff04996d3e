package dev.sluice.sandbox.openid;

import dev.sluice.sandbox.openid.Refusal.Reason;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/**
 * An authentication request (OpenID Connect Core §3.1.2.1) with PKCE (RFC 7636 §4.3) that is in
 * order.
 *
 * @param nonce may be null
 */
public record AuthorizationRequest(
    Fields fields, List<String> scopes, List<String> prompts, String nonce, String challenge) {

  private static final Set<String> PROMPTS = Set.of("none", "consent", "select_account", "login");

  /** Reads one; what is wrong with it may be told to the application. */
  static AuthorizationRequest read(Fields fields, Predicate<String> known) {
    String type = fields.require("response_type");
    if (!type.equals("code")) {
      throw new Refusal(Reason.BAD_RESPONSE_TYPE, type);
    }
    String mode = fields.get("response_mode");
    if (mode != null && !mode.equals("query")) {
      throw new Refusal(Reason.BAD_RESPONSE_MODE, mode);
    }
    fields.require("scope");
    List<String> scopes = fields.words("scope");
    for (String scope : scopes) {
      require(known.test(scope), Reason.BAD_SCOPE, scope);
    }
    require(scopes.contains("openid"), Reason.BAD_SCOPE, String.join(" ", scopes));
    String challenge = fields.require("code_challenge");
    String method = fields.get("code_challenge_method");
    require("S256".equals(method), Reason.BAD_CHALLENGE_METHOD, method == null ? "plain" : method);
    require(challenge.matches("[A-Za-z0-9_-]{43}"), Reason.BAD_CHALLENGE, challenge);
    List<String> prompts = fields.words("prompt");
    boolean possible =
        PROMPTS.containsAll(prompts) && !(prompts.contains("none") && prompts.size() > 1);
    require(possible, Reason.BAD_PROMPT, String.join(" ", prompts));
    fields.get("state"); // may not come twice either
    return new AuthorizationRequest(fields, scopes, prompts, fields.get("nonce"), challenge);
  }

  /** Whether nobody may be asked anything. */
  public boolean isSilent() {
    return prompts.contains("none");
  }

  private static void require(boolean holds, Reason otherwise, String about) {
    if (!holds) {
      throw new Refusal(otherwise, about);
    }
  }
}
