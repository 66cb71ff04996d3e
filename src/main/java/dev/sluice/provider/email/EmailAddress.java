package dev.sluice.provider.email;

import java.net.IDN;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * One mailbox, in the one form that all mail servers understand alike: a dot-atom, an at sign, a
 * domain, all ASCII. Whatever two programs could read in two ways, and whatever only looks like
 * another address, is refused.
 */
public final class EmailAddress {
  private static final int LONGEST = 254; // RFC 5321 §4.5.3.1.3, less the angle brackets
  private static final int LONGEST_LOCAL = 64; // RFC 5321 §4.5.3.1.1
  private static final Pattern DOT_ATOM = // RFC 5322 §3.2.3
      Pattern.compile("[a-zA-Z0-9!#$%&'*+/=?^_`{|}~-]+(\\.[a-zA-Z0-9!#$%&'*+/=?^_`{|}~-]+)*");
  private static final Pattern LABEL = // RFC 5321 §4.1.2, RFC 1035 §2.3.4
      Pattern.compile("[a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?");

  private final String text;
  private final String normal;

  private EmailAddress(String text, String normal) {
    this.text = text;
    this.normal = normal;
  }

  /** Reads one. Throws {@link IllegalArgumentException} with a reason fit for who wrote it. */
  public static EmailAddress parse(String given) {
    require(given != null && !given.isBlank(), "an address is missing");
    String text = given.replaceAll("^ +| +$", "");
    require(text.length() <= LONGEST, "an address has at most " + LONGEST + " characters");
    require(text.chars().noneMatch(Character::isISOControl), "an address is one line of text");
    int at = text.indexOf('@');
    require(at > 0 && at < text.length() - 1, "an address looks like name@example.com");
    String domain = text.substring(at + 1);
    require(isAscii(text.substring(0, at)), "the part before @ has a character that is not ASCII");
    require(isAscii(domain), "a domain with other letters must be in its ASCII form, xn--…");
    require(!text.contains(","), "give one address, not several");
    require(!text.matches(".*[<>\"()].*"), "give the address alone, without a name or quotes");
    require(domain.indexOf('@') < 0, "an address has one @");
    checkLocal(text.substring(0, at));
    checkDomain(domain);
    return new EmailAddress(text, normal(text.substring(0, at), domain));
  }

  private static void checkLocal(String local) {
    require(
        local.length() <= LONGEST_LOCAL,
        "the part before @ has at most " + LONGEST_LOCAL + " characters");
    require(DOT_ATOM.matcher(local).matches(), "the part before @ cannot be used in an address");
  }

  private static void checkDomain(String domain) {
    require(!domain.startsWith("["), "an address has a domain, not a number");
    require(!domain.endsWith("."), "a domain has no dot at its end");
    String[] labels = domain.split("\\.", -1);
    require(labels.length > 1, "the domain needs a dot, as in example.com");
    for (String label : labels) {
      require(LABEL.matcher(label).matches(), "\"" + domain + "\" is no domain");
    }
    require( // RFC 3696 §2: so an IPv4 address is none
        !labels[labels.length - 1].matches("[0-9]+"), "an address has a domain, not a number");
  }

  private static String normal(String local, String domain) {
    String ascii = IDN.toASCII(domain, IDN.USE_STD3_ASCII_RULES);
    return local.toLowerCase(Locale.ROOT) + "@" + ascii.toLowerCase(Locale.ROOT);
  }

  private static boolean isAscii(String text) {
    return text.chars().allMatch(c -> c < 0x80);
  }

  private static void require(boolean met, String reason) {
    if (!met) throw new IllegalArgumentException(reason);
  }

  /** As it was given, without spaces around it. */
  public String text() {
    return text;
  }

  /** Equal for addresses that are taken for the same: all in lower case. */
  public String normal() {
    return normal;
  }

  /** What is behind the at sign, in lower case. */
  String domain() {
    return normal.substring(normal.indexOf('@') + 1);
  }
}
