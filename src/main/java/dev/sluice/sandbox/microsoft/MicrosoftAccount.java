package dev.sluice.sandbox.microsoft;

import dev.sluice.sandbox.openid.Account;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;

/**
 * A person with a Microsoft account.
 *
 * @param id {@code oid}, the same at every start
 * @param tenant {@code tid}
 * @param domainVerified whether {@code xms_edov} vouches for the address; else it is not there
 */
record MicrosoftAccount(String id, String tenant, String email, String name, boolean domainVerified)
    implements Account {

  /** Who is there at the start; for the address of the second nobody vouches. */
  static List<MicrosoftAccount> seeded() {
    return List.of(
        of("ada@example.com", "Ada Lovelace", true),
        of("alan@contoso.example", "Alan Turing", false),
        of("katherine.johnson@outlook.com", "Katherine Johnson", true));
  }

  static MicrosoftAccount of(String email, String name, boolean domainVerified) {
    UUID id = UUID.nameUUIDFromBytes(("microsoft " + email).getBytes(StandardCharsets.UTF_8));
    String tenant = Tenant.of(email);
    String low = "00000000-0000-0000-" + id.toString().substring(19);
    boolean personal = tenant.equals(Tenant.PERSONAL);
    return new MicrosoftAccount(
        personal ? low : id.toString(), tenant, email, name, domainVerified);
  }

  boolean isPersonal() {
    return tenant.equals(Tenant.PERSONAL);
  }
}
