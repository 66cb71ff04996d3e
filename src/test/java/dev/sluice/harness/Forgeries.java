package dev.sluice.harness;

import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.interfaces.RSAPublicKey;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Tokens of which none may be taken, each by what it tries: after RFC 8725 and the published faults
 * of JWT libraries.
 */
public final class Forgeries {
  private static final String HEADER = "{\"alg\":\"RS256\",\"kid\":\"r1\"}";

  private final Map<String, String> all = new LinkedHashMap<>();
  private final ToyIssuer issuer;
  private final KeyPair own = ToyIssuer.rsaKeys(2048);
  private final String claims;
  private final String good;

  private Forgeries(ToyIssuer issuer) {
    this.issuer = issuer;
    this.claims = issuer.claims().encode();
    this.good = issuer.token();
  }

  /** Against an issuer; its keys have signed some of them. */
  public static Map<String, String> of(ToyIssuer issuer) {
    Forgeries forgeries = new Forgeries(issuer);
    forgeries.unsigned();
    forgeries.confusion();
    forgeries.keyIds();
    forgeries.ownKeys();
    forgeries.signatures();
    forgeries.elliptic();
    forgeries.wrongClaims();
    forgeries.headers();
    forgeries.twice();
    forgeries.shapes();
    return forgeries.all;
  }

  private void add(String what, String token) {
    all.put(what, token);
  }

  private static String part(String text) {
    return ToyIssuer.base64(text.getBytes(UTF_8));
  }

  /** Signed by the issuer itself. */
  private String issued(String header, String claims) {
    return ToyIssuer.sign(header, claims, "RS256", issuer.rsa);
  }

  private void unsigned() {
    String old = good.substring(good.lastIndexOf('.') + 1);
    for (String none :
        List.of("none", "None", "NONE", "nOnE", "none ", "", "null", "RS256\\u0000")) {
      for (String kid : List.of("", ",\"kid\":\"r1\"")) {
        String head = part("{\"alg\":\"" + none + "\"" + kid + "}") + "." + part(claims) + ".";
        add("alg " + none + kid + " without a signature", head);
        add("alg " + none + kid + " with another's", head + old);
      }
    }
    add("signature stripped", good.substring(0, good.lastIndexOf('.') + 1));
    add("signature and dot stripped", good.substring(0, good.lastIndexOf('.')));
  }

  /** The public key taken for a shared secret (CVE-2015-9235). */
  private void confusion() {
    byte[] der = issuer.rsa.getPublic().getEncoded();
    String pem =
        "-----BEGIN PUBLIC KEY-----\n"
            + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der)
            + "\n-----END PUBLIC KEY-----";
    JsonObject jwk = ToyIssuer.jwk("r1", issuer.rsa);
    Map<String, byte[]> secrets =
        Map.of(
            "DER", der,
            "PEM", pem.getBytes(UTF_8),
            "PEM and a line", (pem + "\n").getBytes(UTF_8),
            "JWK", jwk.encode().getBytes(UTF_8),
            "modulus", ((RSAPublicKey) issuer.rsa.getPublic()).getModulus().toByteArray(),
            "n", jwk.getString("n").getBytes(UTF_8),
            "zero", new byte[1]);
    for (String bits : List.of("256", "384", "512")) {
      secrets.forEach(
          (name, secret) -> {
            for (String kid : List.of("", ",\"kid\":\"r1\"")) {
              String signed = part("{\"alg\":\"HS" + bits + "\"" + kid + "}") + "." + part(claims);
              add("HS" + bits + kid + " by " + name, signed + "." + hmac(bits, secret, signed));
            }
          });
    }
    for (String other : List.of("RS384", "RS512", "PS256", "PS384", "PS512")) {
      String header = "{\"alg\":\"" + other + "\",\"kid\":\"r1\"}";
      add(other + ", which is not agreed", ToyIssuer.sign(header, claims, other, issuer.rsa));
    }
    for (String other : List.of("ES256", "EdDSA", "ES256K", "rs256", "RS 256", "RS256,none")) {
      add(other + " by RSA", issued("{\"alg\":\"" + other + "\",\"kid\":\"r1\"}", claims));
    }
    add(
        "RS256 by a curve",
        ToyIssuer.sign("{\"alg\":\"RS256\",\"kid\":\"e1\"}", claims, "ES256", issuer.ec));
  }

  private static String hmac(String bits, byte[] secret, String text) {
    try {
      Mac mac = Mac.getInstance("HmacSHA" + bits);
      mac.init(new SecretKeySpec(secret, mac.getAlgorithm()));
      return ToyIssuer.base64(mac.doFinal(text.getBytes(UTF_8)));
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  private void keyIds() {
    List<String> ids =
        List.of(
            "\"../../../../dev/null\"",
            "\"/dev/null\"",
            "\"file:///etc/passwd\"",
            "\"http://127.0.0.1:1/key\"",
            "\"x' UNION SELECT 'key\"",
            "\"r1' OR '1'='1\"",
            "\"r1;sleep 10\"",
            "\"$(id)\"",
            "\"${jndi:ldap://127.0.0.1:1/x}\"",
            "\"r1\\u0000\"",
            "\"r1 \"",
            "\" r1\"",
            "\"R1\"",
            "\"r\\u00f1\"",
            "\"\"",
            "\"e1\"",
            "\"" + "r1".repeat(1000) + "\"",
            "1",
            "null",
            "true",
            "[\"r1\"]",
            "{\"r1\":1}");
    for (String id : ids) {
      String header = "{\"alg\":\"RS256\",\"kid\":" + id + "}";
      add("own key as kid " + id, ToyIssuer.sign(header, claims, "RS256", own));
      add("kid " + id, issued(header, claims));
    }
    add("own key as r1", ToyIssuer.sign(HEADER, claims, "RS256", own));
    add("own key without a name", ToyIssuer.sign("{\"alg\":\"RS256\"}", claims, "RS256", own));
  }

  /** A token that brings the key it is to be believed by (CVE-2018-0114). */
  private void ownKeys() {
    String jwk = ToyIssuer.jwk("r1", own).encode();
    List<String> brought =
        List.of(
            "\"jwk\":" + jwk,
            "\"jku\":\"" + issuer.keysUrl() + "\"",
            "\"jku\":\"http://127.0.0.1:1/keys\"",
            "\"x5u\":\"http://127.0.0.1:1/cert\"",
            "\"x5c\":[\"" + ToyIssuer.base64(own.getPublic().getEncoded()) + "\"]");
    for (String key : brought) {
      for (String kid : List.of("", ",\"kid\":\"r1\"", ",\"kid\":\"mine\"")) {
        String header = "{\"alg\":\"RS256\"" + kid + "," + key + "}";
        add("own key by " + key + kid, ToyIssuer.sign(header, claims, "RS256", own));
        add("its key, and " + key + kid, issued(header, claims));
      }
    }
  }

  private void signatures() {
    int dot = good.lastIndexOf('.');
    String signed = good.substring(0, dot + 1);
    byte[] signature = Base64.getUrlDecoder().decode(good.substring(dot + 1));
    for (int i = 0; i < signature.length; i += 16) {
      byte[] bent = signature.clone();
      bent[i] ^= 1;
      add("bit " + 8 * i + " of the signature", signed + ToyIssuer.base64(bent));
    }
    for (int bytes : new int[] {1, 32, 255}) {
      add(
          "signature of " + bytes,
          signed + ToyIssuer.base64(java.util.Arrays.copyOf(signature, bytes)));
    }
    add("signature and a byte", signed + ToyIssuer.base64(java.util.Arrays.copyOf(signature, 257)));
    add("signature of zeros", signed + ToyIssuer.base64(new byte[256]));
    String other = issuer.token(issuer.claims().put("sub", "shroud"));
    add("another's signature", signed + other.substring(other.lastIndexOf('.') + 1));
    String[] parts = good.split("\\.");
    String admin = part(issuer.claims().put("sub", "admin").encode());
    add("other claims", parts[0] + "." + admin + "." + parts[2]);
    add(
        "another header",
        part("{\"alg\":\"RS256\",\"kid\":\"r1\",\"x\":1}") + "." + parts[1] + "." + parts[2]);
    add("padded", good + "==");
    add("padded claims", parts[0] + "." + parts[1] + "=." + parts[2]);
    add("a bit that counts for nothing", lastBit(good));
    add(
        "plain base64",
        parts[0] + "." + parts[1] + "." + Base64.getEncoder().encodeToString(signature));
    add("a dot more", good + ".");
    add("a dot before", "." + good);
    add("two tokens", good + "." + good);
  }

  /** The last character of 256 bytes has four bits that no byte has. */
  private static String lastBit(String token) {
    String alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    int last = alphabet.indexOf(token.charAt(token.length() - 1));
    return token.substring(0, token.length() - 1) + alphabet.charAt(last ^ 1);
  }

  private void elliptic() {
    String signed = part("{\"alg\":\"ES256\",\"kid\":\"e1\"}") + "." + part(claims) + ".";
    BigInteger order =
        new BigInteger("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551", 16);
    byte[] n = order.toByteArray();
    byte[] orders = new byte[64];
    System.arraycopy(n, 1, orders, 0, 32);
    System.arraycopy(n, 1, orders, 32, 32);
    add("r and s of 0 (CVE-2022-21449)", signed + ToyIssuer.base64(new byte[64]));
    add("r and s of n", signed + ToyIssuer.base64(orders));
    byte[] one = new byte[64];
    one[31] = one[63] = 1;
    add("r and s of 1", signed + ToyIssuer.base64(one));
    byte[] der = {0x30, 0x06, 0x02, 0x01, 0x01, 0x02, 0x01, 0x01};
    add("a signature in DER", signed + ToyIssuer.base64(der));
    String header = "{\"alg\":\"ES256\",\"kid\":\"e1\"}";
    add("another curve key", ToyIssuer.sign(header, claims, "ES256", ToyIssuer.ecKeys()));
  }

  private void claim(String name, Object value) {
    String given =
        name + " " + (value == null ? "null" : value.getClass().getSimpleName() + " " + value);
    add(
        given.substring(0, Math.min(200, given.length())),
        issuer.token(issuer.claims().put(name, value)));
  }

  private void claim(String name, String json) {
    JsonObject rest = issuer.claims();
    rest.remove(name);
    String whole = "{\"" + name + "\":" + json + "," + rest.encode().substring(1);
    add(name + ": " + json.substring(0, Math.min(100, json.length())), issued(HEADER, whole));
  }

  private void wrongClaims() {
    long now = System.currentTimeMillis() / 1000;
    for (String name : List.of("iss", "aud", "sub", "exp")) {
      JsonObject without = issuer.claims();
      without.remove(name);
      add("no " + name, issued(HEADER, without.encode()));
    }
    for (String name : List.of("iss", "aud", "sub", "exp", "nbf", "iat")) {
      for (String json :
          List.of("null", "true", "{}", "[]", "[[]]", "{\"a\":1}", "[null]", "[1]")) {
        claim(name, json);
      }
    }
    String iss = ToyIssuer.NAME;
    for (String text :
        List.of(
            "",
            "https://id.example.com",
            iss + "/",
            iss.toUpperCase(),
            "http://id.example.com/",
            " " + iss,
            iss + " ",
            iss + "\u0000",
            "https://id.example.com.evil.org/",
            "company")) {
      claim("iss", (Object) text);
    }
    claim("iss", "[\"" + iss + "\"]");
    for (String text :
        List.of("", "Gateway", "gateway ", "gateway/", "*", "gateways", "other,gateway")) {
      claim("aud", (Object) text);
    }
    claim("aud", new JsonArray().add("x").add("y"));
    claim("aud", "[\"" + ToyIssuer.AUDIENCE + "\",1]");
    claim("aud", "1");
    for (String json :
        List.of(
            "" + (now - 31),
            "0",
            "-1",
            "1",
            "1e400",
            "-1e400",
            "1e308",
            "9007199254740994",
            "\"" + (now + 3600) + "\"",
            "\"never\"",
            "\"\"",
            "18446744073709551616e30")) {
      claim("exp", json);
    }
    for (String json : List.of("" + (now + 3600), "\"0\"", "1e400", "-1", "\"now\"")) {
      claim("nbf", json);
      claim("iat", json);
    }
    for (Object sub : List.of("", "x".repeat(256), "a\nb", "a b", "\u0000", "a\u007f", 42)) {
      claim("sub", sub);
    }
    claim("roles", "{\"admin\":true}");
    claim("roles", "[[\"admin\"]]");
    claim("roles", "1");
    claim("permissions", "[1]");
  }

  private void headers() {
    for (String more :
        List.of(
            "\"crit\":[\"exp\"]",
            "\"crit\":[]",
            "\"crit\":\"x\"",
            "\"crit\":null",
            "\"crit\":[\"b64\"],\"b64\":false",
            "\"b64\":false",
            "\"b64\":true",
            "\"zip\":\"DEF\"",
            "\"enc\":\"A256GCM\"",
            "\"typ\":\"JWE\"",
            "\"typ\":\"secevent+jwt\"",
            "\"typ\":\"dpop+jwt\"",
            "\"typ\":\"logout+jwt\"",
            "\"typ\":1",
            "\"typ\":null",
            "\"typ\":\"\"",
            "\"typ\":[\"JWT\"]")) {
      add("header with " + more, issued("{\"alg\":\"RS256\",\"kid\":\"r1\"," + more + "}", claims));
    }
    for (String alg : List.of("1", "null", "true", "[\"RS256\"]", "{\"a\":\"RS256\"}")) {
      add("alg is " + alg, issued("{\"alg\":" + alg + ",\"kid\":\"r1\"}", claims));
    }
    add("no alg", issued("{\"kid\":\"r1\"}", claims));
  }

  /** Names that two readers may read in two ways (RFC 7519 §4). */
  private void twice() {
    add("alg twice", issued("{\"alg\":\"none\",\"alg\":\"RS256\",\"kid\":\"r1\"}", claims));
    add(
        "alg twice, escaped",
        issued("{\"alg\":\"RS256\",\"\\u0061lg\":\"none\",\"kid\":\"r1\"}", claims));
    add("kid twice", issued("{\"alg\":\"RS256\",\"kid\":\"x\",\"kid\":\"r1\"}", claims));
    for (String name : List.of("iss", "aud", "sub", "exp", "iat")) {
      JsonObject whole = issuer.claims();
      String again = new JsonObject().put(name, whole.getValue(name)).encode();
      String rest = whole.encode();
      add(
          name + " twice",
          issued(HEADER, again.substring(0, again.length() - 1) + "," + rest.substring(1)));
    }
    add(
        "roles twice",
        issued(
            HEADER,
            claims.substring(0, claims.length() - 1) + ",\"roles\":[],\"roles\":[\"admin\"]}"));
    add(
        "a name twice within",
        issued(HEADER, claims.substring(0, claims.length() - 1) + ",\"x\":{\"a\":1,\"a\":2}}"));
  }

  private void shapes() {
    String encoded = part(HEADER);
    for (String text :
        List.of(
            "x",
            ".",
            "..",
            "...",
            "a.b",
            "a.b.c",
            "a.b.c.d",
            "a.b.c.d.e",
            "e30.e30.e30",
            "null.null.null")) {
      add("shape " + text, text);
    }
    for (String json :
        List.of(
            "",
            "[]",
            "1",
            "\"x\"",
            "null",
            "{",
            "{}",
            "{}{}",
            "{} x",
            "{'alg':'RS256'}",
            "// c\n{}",
            "{\"a\":NaN}",
            "{\"a\":01}",
            "[".repeat(5000),
            "{\"a\":".repeat(1000) + "1" + "}".repeat(1000))) {
      String name = json.substring(0, Math.min(30, json.length()));
      add("claims " + name, issued(HEADER, json));
      add("header " + name, issued(json, claims));
    }
    add("claims and more", issued(HEADER, claims + " {}"));
    add("claims with a mark before", issued(HEADER, "\ufeff" + claims));
    String wide = encoded + "." + ToyIssuer.base64(claims.getBytes(UTF_16BE));
    add(
        "UTF-16",
        wide + "." + ToyIssuer.base64(ToyIssuer.signature(wide, "RS256", issuer.rsa.getPrivate())));
    byte[] bytes = claims.replaceFirst("}$", ",\"y\":\"n~nja\"}").getBytes(UTF_8);
    for (int i = 0; i < bytes.length; i++) if (bytes[i] == '~') bytes[i] = (byte) 0xc0;
    String bent = encoded + "." + ToyIssuer.base64(bytes);
    add(
        "no UTF-8",
        bent + "." + ToyIssuer.base64(ToyIssuer.signature(bent, "RS256", issuer.rsa.getPrivate())));
    for (int size : new int[] {8_000, 9_000}) {
      add("huge, of " + size, issuer.token(issuer.claims().put("x", "x".repeat(size))));
    }
  }
}
