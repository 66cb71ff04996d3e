package dev.sluice.sandbox.twitch;

/** A refusal with Twitch's status and words; the asked role gives it its shape. */
final class TwitchError extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final int status;

  TwitchError(int status, String message) {
    super(message, null, false, false);
    this.status = status;
  }

  int status() {
    return status;
  }

  static TwitchError badRequest(String message) {
    return new TwitchError(400, message);
  }

  static TwitchError unauthorized(String message) {
    return new TwitchError(401, message);
  }

  /** Helix's wording for a value of the wrong form. */
  static TwitchError malformed(String parameter, String rule) {
    return badRequest("The parameter \"" + parameter + "\" was malformed: the value must " + rule);
  }

  static TwitchError missing(String parameter) {
    return badRequest("Missing required parameter \"" + parameter + "\"");
  }
}
