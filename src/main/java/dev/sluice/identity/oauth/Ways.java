package dev.sluice.identity.oauth;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.identity.token.IdToken;
import dev.sluice.identity.user.Names;
import dev.sluice.identity.user.Users;
import java.util.Locale;
import java.util.regex.Pattern;

/** Who somebody is, by what a provider's ID token says. Pure. */
final class Ways {
  private static final Pattern GUID = Pattern.compile("[0-9A-Fa-f-]{36}");
  private static final int LONGEST_NAME = 100; // as a user may write one

  private Ways() {}

  static Users.Way of(String provider, IdToken who) {
    boolean microsoft = provider.equals(Client.MICROSOFT);
    String subject = microsoft ? directorySubject(who) : who.principal().subject();
    String email = microsoft ? ownedEmail(who) : googlesEmail(who);
    return new Users.Way(provider, subject, OAuth.canonical(email), names(who));
  }

  /** {@code oid} is one person's in one directory, and the same for every application of ours. */
  private static String directorySubject(IdToken who) {
    String tenant = guid(who, "tid");
    String object = guid(who, "oid");
    return tenant == null || object == null ? who.principal().subject() : tenant + ":" + object;
  }

  private static String guid(IdToken who, String claim) {
    String text = who.text(claim);
    return text != null && GUID.matcher(text).matches() ? text.toLowerCase(Locale.ROOT) : null;
  }

  /**
   * Any administrator of a Microsoft tenant writes what he likes as a user's address, and {@code
   * email_verified} too; only where its domain is proved to be the tenant's it says who somebody is
   * (nOAuth).
   */
  private static String ownedEmail(IdToken who) {
    JsonNode proved = who.claims().path("xms_edov"); // true, 1, or either as a text
    return proved.asText().equals("true") || proved.asText().equals("1") ? who.text("email") : null;
  }

  /**
   * Of its own mailboxes and those of the domains that it hosts Google knows whose they are; of any
   * other address it has only seen a mail answered, at some time.
   */
  private static String googlesEmail(IdToken who) {
    String email = who.principal().email();
    boolean hosted = who.text("hd") != null;
    boolean own = email != null && email.toLowerCase(Locale.ROOT).endsWith("@gmail.com");
    return hosted || own ? email : null;
  }

  private static Names names(IdToken who) {
    String first = clean(who.text("given_name"));
    String last = clean(who.text("family_name"));
    String whole = clean(who.text("name"));
    if (first != null || whole == null) return new Names(first, last);
    String[] parts = whole.split(" ", 2);
    return new Names(parts[0], parts.length > 1 ? parts[1] : null);
  }

  /** As a user could have written it; null where nothing is left. */
  private static String clean(String name) {
    if (name == null) return null;
    String printable = name.replaceAll("\\p{Cntrl}", "").strip();
    int end = Math.min(printable.codePointCount(0, printable.length()), LONGEST_NAME);
    String cut = printable.substring(0, printable.offsetByCodePoints(0, end));
    return cut.isEmpty() ? null : cut;
  }
}
