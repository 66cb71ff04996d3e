package dev.sluice.sandbox.google;

import dev.sluice.sandbox.openid.Account;
import dev.sluice.sandbox.openid.Digests;
import java.math.BigInteger;
import java.util.List;

/**
 * A person with a Google account.
 *
 * @param id {@code sub}: decimal digits, the same at every start
 * @param verified {@code email_verified}
 * @param domain {@code hd}: the Workspace organisation; null for a private account
 */
record GoogleAccount(String id, String email, String name, boolean verified, String domain)
    implements Account {

  private static final BigInteger IDS = BigInteger.TEN.pow(20);
  private static final String WORKSPACE = "example.com";

  /** Who is there at the start. */
  static List<GoogleAccount> seeded() {
    return List.of(
        of("ada@example.com", "Ada Lovelace", true),
        of("grace.hopper@gmail.com", "Grace Hopper", true),
        of("mallory@example.net", "Mallory Unproven", false));
  }

  static GoogleAccount of(String email, String name, boolean verified) {
    BigInteger id = new BigInteger(1, Digests.sha256("google " + email)).mod(IDS);
    boolean workspace = email.endsWith("@" + WORKSPACE);
    return new GoogleAccount(
        "1" + "%020d".formatted(id), email, name, verified, workspace ? WORKSPACE : null);
  }

  String givenName() {
    return name.split(" ", 2)[0];
  }

  /** Null where there is one name only. */
  String familyName() {
    String[] names = name.split(" ", 2);
    return names.length == 2 ? names[1] : null;
  }
}
