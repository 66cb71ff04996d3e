package dev.sluice.sandbox.google;

import dev.sluice.sandbox.openid.Dialect.Words;
import dev.sluice.sandbox.openid.Refusal;
import dev.sluice.sandbox.openid.Refusal.Reason;

/**
 * How Google says no.
 *
 * @see <a
 *     href="https://developers.google.com/identity/protocols/oauth2/web-server#authorization-errors">Errors</a>
 */
final class GoogleWords {

  private GoogleWords() {}

  static Words of(Refusal refusal) {
    Reason reason = refusal.reason();
    return switch (reason) {
      case UNKNOWN_REDIRECT, OTHER_REDIRECT ->
          new Words(400, "redirect_uri_mismatch", description(refusal));
      case MISSING_SECRET -> new Words(400, "invalid_request", description(refusal));
      default -> new Words(reason.status(), reason.error(), description(refusal));
    };
  }

  private static String description(Refusal refusal) {
    String about = refusal.about();
    return switch (refusal.reason()) {
      case NOT_A_FORM -> "Bad Request";
      case MISSING ->
          switch (about) {
            case "client_id" -> "Could not determine client ID from request.";
            case "grant_type" -> "Required parameter is missing: grant_type";
            default -> "Missing required parameter: " + about;
          };
      case REPEATED -> "OAuth 2 parameters can only have a single value: " + about;
      case TWO_AUTHENTICATIONS -> "Only one form of client authentication is allowed.";
      case UNKNOWN_CLIENT -> "The OAuth client was not found.";
      case MISSING_SECRET -> "client_secret is missing.";
      case WRONG_SECRET -> "The provided client secret is invalid.";
      case UNKNOWN_REDIRECT -> "The redirect URI in the request, " + about + ", is not registered.";
      case UNKNOWN_ACCOUNT -> "Couldn't find a Google Account for " + about + ".";
      case BAD_RESPONSE_TYPE -> "Invalid response_type: " + about;
      case BAD_RESPONSE_MODE -> "Invalid response_mode: " + about;
      case BAD_SCOPE -> "Some requested scopes were invalid, or openid is missing: " + about;
      case BAD_CHALLENGE -> "Invalid code_challenge.";
      case BAD_CHALLENGE_METHOD -> "Invalid code_challenge_method: " + about;
      case BAD_PROMPT -> "Invalid parameter value for prompt: " + about;
      case LOGIN_REQUIRED -> "The user must sign in.";
      case CANCELLED -> "The user denied the request.";
      case BAD_GRANT_TYPE -> "Invalid grant_type: " + about;
      case BAD_CODE -> "Malformed auth code.";
      case MISSING_VERIFIER -> "Missing code verifier.";
      case WRONG_VERIFIER -> "Invalid code verifier.";
      case ENDED_REFRESH_TOKEN -> "Token has been expired or revoked.";
      case SCOPE_NOT_GRANTED -> "Some requested scopes were not granted: " + about;
      default -> "Bad Request";
    };
  }
}
