package dev.sluice.sandbox.push;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.Signature;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Whether somebody says who it is as RFC 8292 has it; 401 where not, 403 where it is another. */
final class VapidCheck {
  private static final Pattern FIELD =
      Pattern.compile("(?i:vapid) +([tk])=([A-Za-z0-9_.-]+) *, *([tk])=([A-Za-z0-9_.-]+)");
  private static final Duration LONGEST = Duration.ofHours(24);

  private final Clock clock;

  VapidCheck(Clock clock) {
    this.clock = clock;
  }

  /**
   * The key it is signed with. Throws {@link Refused}.
   *
   * @param origin this push service's
   */
  String key(String authorization, String origin) {
    Matcher field = FIELD.matcher(authorization == null ? "" : authorization);
    boolean fits = field.matches() && !field.group(1).equals(field.group(3));
    Refused.unless(fits, 401, "Authorization must be: vapid t=…, k=…");
    boolean first = field.group(1).equals("t");
    String token = first ? field.group(2) : field.group(4);
    String key = first ? field.group(4) : field.group(2);
    String[] parts = token.split("\\.", -1);
    Refused.unless(parts.length == 3, 401, "t is no JWT");
    Refused.unless("ES256".equals(json(parts[0]).getValue("alg")), 401, "alg is not ES256");
    Refused.unless(isSigned(parts, key), 401, "the signature is not that of k");
    check(json(parts[1]), origin);
    return key;
  }

  private void check(JsonObject claims, String origin) {
    Refused.unless(origin.equals(claims.getValue("aud")), 401, "aud is not " + origin);
    boolean dated = claims.getValue("exp") instanceof Number;
    Refused.unless(dated, 401, "exp is not there");
    long left = ((Number) claims.getValue("exp")).longValue() - clock.instant().getEpochSecond();
    Refused.unless(left > 0, 401, "the token has expired");
    Refused.unless(left <= LONGEST.toSeconds(), 401, "exp is more than 24 hours ahead");
    String subject = String.valueOf(claims.getValue("sub"));
    boolean known = subject.matches("mailto:[^@\\s]+@[^@\\s]+|https://\\S+");
    Refused.unless(known, 401, "sub is neither mailto: nor https:");
  }

  private static boolean isSigned(String[] parts, String key) {
    try {
      Signature check = Signature.getInstance("SHA256withECDSAinP1363Format");
      check.initVerify(Curve.open(bytes(key)));
      check.update((parts[0] + "." + parts[1]).getBytes(StandardCharsets.US_ASCII));
      return check.verify(bytes(parts[2]));
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      return false;
    }
  }

  private static JsonObject json(String part) {
    try {
      return new JsonObject(Buffer.buffer(bytes(part)));
    } catch (DecodeException | IllegalArgumentException | ClassCastException e) {
      throw new Refused(401, "t is no JWT");
    }
  }

  private static byte[] bytes(String text) {
    return Base64.getUrlDecoder().decode(text);
  }
}
