package dev.sluice.identity.token;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What an issuer's token says, held against what it must say (RFC 7519 §4.1). */
final class Claims {
  private static final int LONGEST_SUBJECT = 255; // ASCII (OpenID Connect Core §2)
  private static final double LATEST = 1L << 53; // s since the epoch, and exact in any JSON

  private final JsonNode claims;

  Claims(JsonNode claims) {
    this.claims = claims;
  }

  /** The {@code iss} it has. */
  String issuer() {
    return text("iss");
  }

  /**
   * Whose it is; the issuer's own terms are held against it. Throws {@link NoToken} where it is not
   * for here, or not for now.
   */
  Principal principal(String issuer, Terms terms, Duration leeway, long nowMillis) {
    if (listed("aud", claims.path("aud")).stream().noneMatch(terms.audience()::contains)) {
      throw new NoToken("it is for somebody else (aud)");
    }
    double now = nowMillis / 1000.0;
    double slack = leeway.toMillis() / 1000.0;
    double expires = seconds("exp", Double.NaN) + slack;
    if (!(now < expires)) throw new NoToken("it has expired");
    if (seconds("nbf", 0) - slack > now) throw new NoToken("it is not valid yet");
    if (seconds("iat", 0) - slack > now) throw new NoToken("it is of a time to come");
    String subject = text("sub");
    boolean sane = subject.chars().allMatch(c -> c > 0x20 && c < 0x7f);
    if (subject.isEmpty() || subject.length() > LONGEST_SUBJECT || !sane) {
      throw new NoToken("its sub is not of 1 to 255 printable ASCII characters");
    }
    return new Principal(
        issuer,
        subject,
        issuer.isEmpty() ? text("sid") : null,
        words(terms.rolesClaim()),
        words(terms.permissionsClaim()),
        verifiedEmail(),
        (long) (expires * 1000));
  }

  /** Only where the issuer says, by a truth value, that it has verified it (OpenID Core §5.1). */
  private String verifiedEmail() {
    JsonNode verified = claims.path("email_verified");
    boolean is = verified.isBoolean() && verified.booleanValue();
    return is && claims.path("email").isTextual() ? claims.path("email").asText() : null;
  }

  private String text(String name) {
    JsonNode value = claims.path(name);
    if (value.isTextual()) return value.asText();
    throw new NoToken("it has no proper " + name);
  }

  /** A list of texts, or one alone (RFC 7519 §4.1.3). */
  private static List<String> listed(String name, JsonNode value) {
    if (value.isTextual()) return List.of(value.asText());
    if (!value.isArray()) throw new NoToken("it has no proper " + name);
    List<String> texts = new ArrayList<>();
    for (JsonNode one : value) {
      if (!one.isTextual()) throw new NoToken("it has no proper " + name);
      texts.add(one.asText());
    }
    return texts;
  }

  /** {@code realm_access.roles}: a claim within another. */
  private JsonNode within(String path) {
    JsonNode value = claims;
    for (String name : path.split("\\.")) value = value.path(name);
    return value;
  }

  /** A NumericDate (RFC 7519 §2). */
  private double seconds(String name, double absent) {
    JsonNode value = claims.path(name);
    if (value.isMissingNode()) {
      if (Double.isNaN(absent)) throw new NoToken("it has no " + name);
      return absent;
    }
    double seconds = value.isNumber() ? value.doubleValue() : Double.NaN;
    if (seconds >= 0 && seconds <= LATEST) return seconds;
    throw new NoToken("its " + name + " is no time");
  }

  /** A list of texts, or one text of words (RFC 8693 §4.2); none where it is absent. */
  private Set<String> words(String name) {
    JsonNode value = claims.has(name) ? claims.path(name) : within(name);
    if (value.isMissingNode() || value.isNull()) return Set.of();
    if (!value.isTextual()) return Set.copyOf(new HashSet<>(listed(name, value)));
    Set<String> words = new HashSet<>(Arrays.asList(value.asText().split(" ")));
    words.remove("");
    return Set.copyOf(words);
  }
}
