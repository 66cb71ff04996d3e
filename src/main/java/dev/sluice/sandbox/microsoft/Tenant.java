package dev.sluice.sandbox.microsoft;

import java.util.List;
import java.util.Optional;

/**
 * What a path to the identity platform begins with: one directory, or a group of them.
 *
 * @param id of one directory; null for a group
 * @param domain by which the directory is known, too
 * @see <a
 *     href="https://learn.microsoft.com/entra/identity-platform/v2-protocols#endpoints">Endpoints</a>
 */
record Tenant(String name, String id, String domain) {

  /** The directory of all private accounts. */
  static final String PERSONAL = "9188040d-6c67-4c5b-b112-36a304b66dad";

  /** The directory of Example Works. */
  static final String WORKS = "72f988bf-0000-4000-8000-5a3d0b0c0001";

  /** The directory of Contoso. */
  static final String CONTOSO = "72f988bf-0000-4000-8000-5a3d0b0c0002";

  private static final List<Tenant> ALL =
      List.of(
          new Tenant("common", null, null),
          new Tenant("organizations", null, null),
          new Tenant("consumers", PERSONAL, null),
          new Tenant(PERSONAL, PERSONAL, null),
          new Tenant(WORKS, WORKS, "example.com"),
          new Tenant(CONTOSO, CONTOSO, "contoso.example"));

  static Optional<Tenant> named(String text) {
    return ALL.stream()
        .filter(
            tenant -> text.equalsIgnoreCase(tenant.name) || text.equalsIgnoreCase(tenant.domain))
        .findFirst();
  }

  /** The directory that people with such an address belong to; else that of Example Works. */
  static String of(String email) {
    String domain = email.substring(email.indexOf('@') + 1);
    if (domain.matches("(outlook|hotmail|live)\\.com")) {
      return PERSONAL;
    }
    return ALL.stream()
        .filter(tenant -> domain.equals(tenant.domain))
        .map(Tenant::id)
        .findFirst()
        .orElse(WORKS);
  }

  /** What stands in the issuer; a group's has a place to be filled in with {@code tid}. */
  String inIssuer() {
    return id == null ? "{tenantid}" : id;
  }

  /** Whether people of that directory sign in here. */
  boolean admits(String directory) {
    return id == null ? name.equals("common") || !directory.equals(PERSONAL) : id.equals(directory);
  }
}
