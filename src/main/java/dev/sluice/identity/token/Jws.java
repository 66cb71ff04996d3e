package dev.sluice.identity.token;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;
import java.util.Set;

/**
 * A signed token as its sender wrote it (RFC 7515 §3.1), taken apart and not believed yet. What
 * could be read in two ways, or brings its own key, is no token (RFC 8725).
 *
 * @param algorithm what it says it is signed with
 * @param keyId what it says its key is; null where it does not
 * @param claims what it says
 */
record Jws(String algorithm, String keyId, JsonNode claims) {
  /** In characters. */
  static final int LONGEST = 8 * 1024;

  private static final int LONGEST_NAME = 256;
  private static final Set<String> TYPES = Set.of("jwt", "at+jwt", "application/at+jwt");

  /** What extends a token, encrypts it, or says with which key it is to be believed. */
  private static final Set<String> REFUSED =
      Set.of("crit", "b64", "jwk", "jku", "x5u", "x5c", "zip", "enc");

  private static final ObjectReader JSON =
      JsonMapper.builder(
              JsonFactory.builder()
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .streamReadConstraints(
                      StreamReadConstraints.builder().maxNestingDepth(20).build())
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build()
          .readerFor(JsonNode.class);

  /** Takes a token apart. Throws {@link NoToken}. */
  static Jws parse(String token) {
    if (token.length() > LONGEST) throw new NoToken("it is over " + LONGEST + " characters");
    int first = token.indexOf('.');
    int second = token.indexOf('.', first + 1);
    if (first < 0 || second < 0 || token.indexOf('.', second + 1) >= 0) {
      throw new NoToken("it has not three parts");
    }
    JsonNode header = json(token.substring(0, first));
    JsonNode claims = json(token.substring(first + 1, second));
    if (decoded(token.substring(second + 1)).length == 0) throw new NoToken("it is not signed");
    for (String name : REFUSED) {
      if (header.has(name)) throw new NoToken("its header has " + name);
    }
    JsonNode type = header.get("typ");
    if (type != null && !TYPES.contains(text(type, "typ").toLowerCase(Locale.ROOT))) {
      throw new NoToken("it is of another type");
    }
    if (!header.has("alg")) throw new NoToken("it has no alg");
    String keyId = header.has("kid") ? text(header.get("kid"), "kid") : null;
    return new Jws(text(header.get("alg"), "alg"), keyId, claims);
  }

  private static String text(JsonNode node, String name) {
    if (node.isTextual() && node.asText().length() <= LONGEST_NAME) return node.asText();
    throw new NoToken("its " + name + " is none");
  }

  private static JsonNode json(String part) {
    try {
      // Jackson would take UTF-16 and repair UTF-8
      String text =
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(decoded(part))).toString();
      JsonNode node = JSON.readTree(text);
      if (node.isObject()) return node;
    } catch (CharacterCodingException e) {
      throw new NoToken("a part of it is not UTF-8");
    } catch (IOException e) {
      throw new NoToken("a part of it is no JSON, or has a name twice");
    }
    throw new NoToken("a part of it is no JSON object");
  }

  /** In the one way that there is to write it (RFC 7515 §2): no padding, no left-over bits. */
  private static byte[] decoded(String part) {
    try {
      byte[] bytes = Base64.getUrlDecoder().decode(part);
      if (Base64.getUrlEncoder().withoutPadding().encodeToString(bytes).equals(part)) return bytes;
    } catch (IllegalArgumentException e) {
      // as below
    }
    throw new NoToken("a part of it is no base64url");
  }
}
