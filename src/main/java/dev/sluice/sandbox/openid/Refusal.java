package dev.sluice.sandbox.openid;

/** A request that is not granted; the asked provider has its own words for each reason. */
public final class Refusal extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final Reason reason;
  private final String about;

  /**
   * Why. Each has the error code of RFC 6749 §4.1.2.1 or §5.2, or of OpenID Connect Core §3.1.2.6.
   */
  public enum Reason {
    NOT_A_FORM(400, "invalid_request"),
    MISSING(400, "invalid_request"),
    REPEATED(400, "invalid_request"),
    TWO_AUTHENTICATIONS(400, "invalid_request"),
    UNKNOWN_CLIENT(401, "invalid_client"),
    MISSING_SECRET(401, "invalid_client"),
    WRONG_SECRET(401, "invalid_client"),
    UNKNOWN_REDIRECT(400, "invalid_request"),
    UNKNOWN_TENANT(400, "invalid_request"),
    UNKNOWN_ACCOUNT(400, "access_denied"),
    BAD_RESPONSE_TYPE(400, "unsupported_response_type"),
    BAD_RESPONSE_MODE(400, "invalid_request"),
    BAD_SCOPE(400, "invalid_scope"),
    BAD_CHALLENGE(400, "invalid_request"),
    BAD_CHALLENGE_METHOD(400, "invalid_request"),
    BAD_PROMPT(400, "invalid_request"),
    LOGIN_REQUIRED(400, "login_required"),
    CANCELLED(400, "access_denied"),
    BAD_GRANT_TYPE(400, "unsupported_grant_type"),
    BAD_CODE(400, "invalid_grant"),
    USED_CODE(400, "invalid_grant"),
    LATE_CODE(400, "invalid_grant"),
    OTHER_REDIRECT(400, "invalid_grant"),
    MISSING_VERIFIER(400, "invalid_grant"),
    WRONG_VERIFIER(400, "invalid_grant"),
    BAD_REFRESH_TOKEN(400, "invalid_grant"),
    ENDED_REFRESH_TOKEN(400, "invalid_grant"),
    SCOPE_NOT_GRANTED(400, "invalid_scope");

    private final int status;
    private final String error;

    Reason(int status, String error) {
      this.status = status;
      this.error = error;
    }

    /** The HTTP status where it is answered at once. */
    public int status() {
      return status;
    }

    /** The usual error code. */
    public String error() {
      return error;
    }
  }

  /** Refuses without more to say. */
  public Refusal(Reason reason) {
    this(reason, "");
  }

  /** Refuses what is named, such as a parameter or its value. */
  public Refusal(Reason reason, String about) {
    super(reason + " " + about, null, false, false);
    this.reason = reason;
    this.about = about;
  }

  public Reason reason() {
    return reason;
  }

  /** The parameter or the value that is refused; may be empty. */
  public String about() {
    return about;
  }
}
