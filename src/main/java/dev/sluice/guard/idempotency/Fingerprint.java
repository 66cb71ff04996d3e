package dev.sluice.guard.idempotency;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.sluice.call.Body;
import dev.sluice.call.Call;
import dev.sluice.contract.Operation;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A hash of what a call asks for: equal for a repeat, however its JSON is written. Pure. */
final class Fingerprint {
  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private static final Pattern BOUNDARY =
      Pattern.compile(";\\s*boundary=\"?([^\";]+)", Pattern.CASE_INSENSITIVE);

  private final MessageDigest digest = sha256();

  private Fingerprint() {}

  /** Of the operation, its parameters, the media type and the body. */
  static byte[] of(Operation operation, Call call) {
    Fingerprint print = new Fingerprint();
    print.text(operation.id());
    print.tree(JSON.valueToTree(asked(operation, call)));
    String type = bare(call.body().type());
    print.text(type);
    print.body(call.body(), type);
    return print.digest.digest();
  }

  /** A hash of several texts, in which none can pass for two. */
  static byte[] of(String... texts) {
    Fingerprint print = new Fingerprint();
    for (String text : texts) print.text(text);
    return print.digest.digest();
  }

  /**
   * Fields that are merely passed on, such as those of a trace, differ from one try to the next.
   */
  private static Map<String, Object> asked(Operation operation, Call call) {
    Map<String, Object> asked = new HashMap<>(call.params().values());
    if (operation.policy().upstream() == null) return asked;
    List<String> passed = operation.policy().upstream().forwardHeaders();
    asked.keySet().removeIf(name -> passed.stream().anyMatch(name::equalsIgnoreCase));
    return asked;
  }

  /** A boundary, as a charset, is not what is asked. */
  private static String bare(String type) {
    return type == null ? "" : type.split(";", 2)[0].trim().toLowerCase(Locale.ROOT);
  }

  private void body(Body body, String type) {
    byte[] bytes = body.bytes().getBytes();
    if (type.equals(Body.JSON) || type.endsWith("+json")) {
      try {
        tree(JSON.readTree(bytes));
        return;
      } catch (IOException e) {
        // no JSON after all: it is what it is
      }
    }
    add('b', type.startsWith("multipart/") ? unbound(bytes, body.type()) : bytes);
  }

  /** Browsers take another boundary for each try. */
  private static byte[] unbound(byte[] bytes, String type) {
    Matcher boundary = BOUNDARY.matcher(type);
    if (!boundary.find()) return bytes;
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    return text.replace(boundary.group(1), "").getBytes(StandardCharsets.ISO_8859_1);
  }

  private void tree(JsonNode node) {
    if (node.isObject()) {
      add('{', new byte[0]);
      Map<String, JsonNode> sorted = new TreeMap<>();
      node.properties().forEach(e -> sorted.put(e.getKey(), e.getValue()));
      sorted.forEach(
          (name, value) -> {
            text(name);
            tree(value);
          });
      add('}', new byte[0]);
    } else if (node.isArray()) {
      add('[', new byte[0]);
      node.forEach(this::tree);
      add(']', new byte[0]);
    } else if (node.isTextual()) {
      text(node.textValue());
    } else {
      add('v', utf8(node.asText()));
    }
  }

  private void text(String text) {
    add('t', utf8(text));
  }

  private void add(char kind, byte[] bytes) {
    digest.update((byte) kind);
    digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).array());
    digest.update(bytes);
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
