package dev.sluice.sandbox.microsoft;

import dev.sluice.sandbox.openid.Dialect.Words;
import dev.sluice.sandbox.openid.Refusal;
import dev.sluice.sandbox.openid.Refusal.Reason;

/**
 * How Microsoft says no: each description begins with a number.
 *
 * @see <a href="https://learn.microsoft.com/entra/identity-platform/reference-error-codes">AADSTS
 *     error codes</a>
 */
final class MicrosoftWords {

  private MicrosoftWords() {}

  static Words of(Refusal refusal) {
    Reason reason = refusal.reason();
    String description = description(refusal);
    return switch (reason) {
      case UNKNOWN_CLIENT -> new Words(400, "unauthorized_client", description);
      case SCOPE_NOT_GRANTED -> new Words(400, "invalid_grant", description);
      default -> new Words(reason.status(), reason.error(), description);
    };
  }

  private static String description(Refusal refusal) {
    String about = refusal.about();
    return switch (refusal.reason()) {
      case NOT_A_FORM -> missing("grant_type");
      case MISSING -> missing(about);
      case REPEATED -> "AADSTS90013: Invalid input received from the user: '" + about + "'.";
      case TWO_AUTHENTICATIONS ->
          "AADSTS70023: More than one form of client authentication is not allowed.";
      case UNKNOWN_CLIENT ->
          "AADSTS700016: Application with identifier '"
              + about
              + "' was not found in the directory.";
      case MISSING_SECRET ->
          "AADSTS7000218: The request body must contain the following parameter:"
              + " 'client_assertion' or 'client_secret'.";
      case WRONG_SECRET ->
          "AADSTS7000215: Invalid client secret provided. Ensure the secret being sent in the"
              + " request is the client secret value, not the client secret ID, for a secret added"
              + (" to app '" + about + "'.");
      case UNKNOWN_REDIRECT ->
          "AADSTS50011: The redirect URI '"
              + about
              + "' specified in the request does not match the redirect URIs configured for the"
              + " application.";
      case UNKNOWN_TENANT -> "AADSTS90002: Tenant '" + about + "' not found.";
      case UNKNOWN_ACCOUNT ->
          "AADSTS50020: User account '" + about + "' does not exist in this tenant.";
      case BAD_RESPONSE_TYPE ->
          "AADSTS700054: response_type '" + about + "' is not enabled for the application.";
      case BAD_RESPONSE_MODE -> "AADSTS70007: '" + about + "' is not a supported response_mode.";
      case BAD_SCOPE ->
          "AADSTS70011: The provided value for the input parameter 'scope' is not valid.";
      case BAD_CHALLENGE -> "AADSTS501491: Invalid size of Code_Challenge parameter.";
      case BAD_CHALLENGE_METHOD ->
          "AADSTS50149: Invalid Code_Challenge_method parameter '" + about + "'.";
      case BAD_PROMPT -> "AADSTS90023: Unsupported 'prompt' value '" + about + "'.";
      case LOGIN_REQUIRED ->
          "AADSTS50058: A silent sign-in request was sent but no user is signed in.";
      case CANCELLED -> "AADSTS65004: User declined to consent to access the app.";
      case BAD_GRANT_TYPE ->
          "AADSTS70003: The app requested an unsupported grant type '" + about + "'.";
      case BAD_CODE, BAD_REFRESH_TOKEN -> "AADSTS70000: Provided grant is invalid or malformed.";
      case USED_CODE ->
          "AADSTS54005: OAuth2 Authorization code was already redeemed, please retry with a new"
              + " valid code or use an existing refresh token.";
      case LATE_CODE ->
          "AADSTS70008: The provided authorization code or refresh token has expired due to"
              + " inactivity.";
      case OTHER_REDIRECT ->
          "AADSTS500112: The reply address '"
              + about
              + "' does not match the reply address provided when requesting Authorization code.";
      case MISSING_VERIFIER, WRONG_VERIFIER ->
          "AADSTS501481: The Code_Verifier does not match the code_challenge supplied in the"
              + " authorization request.";
      case ENDED_REFRESH_TOKEN ->
          "AADSTS50173: The provided grant has expired due to it being revoked, a fresh auth token"
              + " is needed.";
      case SCOPE_NOT_GRANTED ->
          "AADSTS65001: The user or administrator has not consented to use the application.";
    };
  }

  private static String missing(String parameter) {
    return "AADSTS900144: The request body must contain the following parameter: '"
        + parameter
        + "'.";
  }
}
