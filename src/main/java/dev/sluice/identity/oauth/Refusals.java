package dev.sluice.identity.oauth;

import dev.sluice.call.Failure;
import dev.sluice.call.Failure.Category;

/** Why a sign-in at a provider's comes to nothing, and what to do then. */
final class Refusals {
  private Refusals() {}

  static Failure elsewhere() {
    return Failure.of(
            Category.VALIDATION,
            "REDIRECT_URI_NOT_ALLOWED",
            "Users are not sent back to this redirectUri.")
        .suggest("List it, to the letter, in identity.oauth.redirectUris.");
  }

  static Failure notConfigured(String provider) {
    return Failure.unavailable(
            "PROVIDER_NOT_CONFIGURED", "Nobody can sign in by " + provider + " here.")
        .detail("setting", "providers." + provider + ".clientId")
        .suggest("Set providers." + provider + ".clientId and clientSecret.")
        .isFinal();
  }

  private static Failure again(Category category, String code, String message) {
    return Failure.of(category, code, message).suggest("Begin again: POST /api/auth/login.");
  }

  static Failure unknownState() {
    return again(
        Category.VALIDATION, "STATE_INVALID", "This state is unknown, or was used before.");
  }

  static Failure expiredState() {
    return again(Category.VALIDATION, "STATE_EXPIRED", "This sign-in took too long.");
  }

  static Failure otherBrowser() {
    return again(
        Category.AUTHORIZATION, "OTHER_BROWSER", "This sign-in was begun by another browser.");
  }

  /** It was not sent, or was never kept: to begin again in the same way would not help. */
  static Failure noBrowser() {
    return Failure.of(
            Category.AUTHORIZATION,
            "OTHER_BROWSER",
            "The cookie of the browser that began this sign-in is missing.")
        .suggest(
            "Send cookies along with both calls (fetch: credentials), from a page of the gateway's"
                + " own origin, or of one in server.cors.origins with credentials: true.");
  }

  static Failure wrongVerifier() {
    return again(
        Category.VALIDATION,
        "CODE_VERIFIER_INVALID",
        "The codeVerifier is not that of the codeChallenge.");
  }

  /** Somebody has put the code of another sign-in in the place of this one's (RFC 9700 §4.5). */
  static Failure otherSignIn() {
    return again(
        Category.AUTHENTICATION, "OTHER_SIGN_IN", "This code was given for another sign-in.");
  }

  /** The provider does not take a code or a refresh token; {@code reason} is its own word. */
  static Failure refused(String provider, String reason) {
    return Failure.of(
            Category.AUTHENTICATION,
            "PROVIDER_REFUSED",
            provider + " does not take this, or not any more.")
        .detail("provider", provider)
        .detail("reason", reason)
        .suggest("Sign in there again, from the beginning: POST /api/auth/login.");
  }

  /** The provider does what none should. */
  static Failure broken(String provider, String reason) {
    return Failure.of(Category.UPSTREAM, "PROVIDER_ERROR", provider + ": " + reason + ".")
        .detail("provider", provider)
        .suggest("Begin again in a while: POST /api/auth/login; or sign in another way.")
        .isFinal();
  }

  /** What its road says, with something to do where it has not said that. */
  static Failure away(Throwable cause) {
    Failure failure = Failure.from(cause);
    return failure.facts().hint() != null
        ? failure
        : failure.suggest("Try again in a while, or sign in another way.");
  }
}
