package dev.sluice.contract;

import java.util.List;

/**
 * Who may call.
 *
 * @param auth whose credential is taken
 * @param roles of which a caller must have one; empty, none
 * @param permissions of which a caller must have all
 */
public record Access(Auth auth, List<String> roles, List<String> permissions) {

  /** Anyone may. */
  public static final Access OPEN = new Access(Auth.NONE, null, null);

  /** Whose credential is taken. */
  public enum Auth {
    /** Anyone may call. */
    NONE,
    /** Anyone may; who sends a token is known by it, and a bad one is refused. */
    OPTIONAL,
    /** Who has a token of one of {@code identity}'s issuers. */
    REQUIRED,
    /** The caller's own provider token, as a bearer token: passed through, judged upstream. */
    PASSTHROUGH
  }

  public Access {
    if (auth == null) auth = Auth.NONE;
    roles = roles == null ? List.of() : List.copyOf(roles);
    permissions = permissions == null ? List.of() : List.copyOf(permissions);
    if (auth != Auth.REQUIRED && !(roles.isEmpty() && permissions.isEmpty())) {
      throw new IllegalArgumentException("roles and permissions need auth: required");
    }
  }

  /** Whether tokens are judged here. */
  public boolean takesTokens() {
    return auth == Auth.OPTIONAL || auth == Auth.REQUIRED;
  }
}
