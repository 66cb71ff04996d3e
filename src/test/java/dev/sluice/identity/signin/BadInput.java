package dev.sluice.identity.signin;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.stream.Stream;

/** What people, and those who look for a way in, write where an address or a code should be. */
final class BadInput {
  private static final String JSON = "application/json";
  private static final String INVALID = "VALIDATION_ERROR";

  private BadInput() {}

  /** A body, and what it is refused with. */
  record Row(String type, Buffer body, int status, String code) {
    @Override
    public String toString() {
      String text = body.toString();
      return type + " " + (text.length() > 200 ? text.substring(0, 200) + "…" : text);
    }
  }

  static final List<String> ADDRESSES =
      List.of(
          // no address
          "",
          "   ",
          "ada",
          "ada@",
          "@example.com",
          "ada@example",
          "ada@@example.com",
          "ada@b@example.com",
          "ada lovelace@example.com",
          "ada@exam ple.com",
          "ada@example.com.",
          "ada@.example.com",
          "ada@example..com",
          ".ada@example.com",
          "ada.@example.com",
          "ada..l@example.com",
          "ada@-example.com",
          "ada@example-.com",
          "ada@exa_mple.com",
          "ada@[127.0.0.1]",
          "ada@127.0.0.1",
          "\"ada l\"@example.com",
          "ada\\@example.com",
          "Ada <ada@example.com>",
          "<ada@example.com>",
          "(the) ada@example.com",
          // several
          "ada@example.com,bob@example.com",
          "ada@example.com, bob@example.com",
          "ada@example.com;bob@example.com",
          "ada@example.com bob@example.com",
          // what looks like one
          "\u0430da@example.com",
          "ada@ex\u0430mple.com",
          "ada\uff20example.com",
          "ada@example\u3002com",
          "ada@\uff45xample.com",
          "ada@m\u00fcnchen.de",
          "\u212aarl@example.com",
          "\u0131da@example.com",
          "stra\u00dfe@example.com",
          "a\u0301da@example.com",
          "ad\u00ada@example.com",
          "ada@example.com\u200b",
          "\u202eada@example.com",
          "ada@example.com\u00a0",
          "\ud83d\ude00@example.com",
          "\ud800@example.com",
          "ada@xn--example\u2024com",
          // what would be more of a mail than its address
          "ada@example.com\r\nBcc: bob@example.com",
          "ada@example.com\nSubject: you have won",
          "ada@example.com\r",
          "ada\r\n@example.com",
          "ada@example.com\r\n.\r\nMAIL FROM:<bob@example.com>",
          "ada@example.com> SIZE=1",
          "ada@example.com%0d%0aBcc:bob@example.com",
          "ada@example.com\u2028Bcc: bob@example.com",
          "ada@example.com\u0085Bcc: bob@example.com",
          "ada@example.com\u0000",
          "ada@example.com\t",
          // too long
          "a".repeat(65) + "@example.com",
          "ada@" + "a".repeat(64) + ".com",
          "ada@" + "a.".repeat(125) + "com",
          "a".repeat(100_000) + "@example.com");

  static final List<String> CODES =
      List.of(
          "",
          " ",
          "12345",
          "1234567",
          "abcdef",
          "12345O",
          "1e4567",
          "0x1234",
          "-12345.",
          "+123456",
          "123456' OR '1'='1",
          "123456\u0000",
          "\uff11\uff12\uff13\uff14\uff15\uff16",
          "\u0661\u0662\u0663\u0664\u0665\u0666",
          "1".repeat(33),
          "1".repeat(10_000),
          "12345\ud800");

  /** Every value a field may not have by its type. */
  static final List<String> VALUES =
      List.of(
          "null", "true", "1", "123456", "-0.5", "1e400", "[]", "[\"%s\"]", "{}", "{\"$ne\":null}");

  /** Bodies that do not get as far as their fields. */
  static Stream<Row> bodies(String good) {
    Stream<Row> broken =
        Stream.of(
                "{}",
                "[]",
                "[" + good + "]",
                "null",
                "\"ada@example.com\"",
                "1",
                "{",
                good + "x",
                good + good,
                good.replace("\"", "'"),
                good.replace("{", "{/* */"),
                good.replace("}", ",}"),
                good.replace("}", ",\"more\":1}"),
                good.replace("}", ",\"__proto__\":{\"admin\":true}}"),
                good.replace("\"email\"", "\"Email\""),
                good.replace("{", "{\"email\":\"bob@example.com\","),
                good.replace("{", "{\"\\u0065mail\":\"bob@example.com\","),
                "[".repeat(5000) + "]".repeat(5000))
            .map(text -> new Row(JSON, Buffer.buffer(text), 400, INVALID));
    Stream<Row> bytes =
        Stream.of("ff", "c3", "c080", "e28028", "f5808080")
            .map(hex -> java.util.HexFormat.of().parseHex(hex))
            .map(
                wrong ->
                    Buffer.buffer(good.replace("ada@example.com\"}", "").replace("ada@", "ada"))
                        .appendBytes(wrong)
                        .appendString("@example.com\"}"))
            .map(body -> new Row(JSON, body, 400, INVALID));
    Stream<Row> types =
        Stream.of("text/plain", "application/x-www-form-urlencoded", "application/xml", "json", "")
            .map(type -> new Row(type, Buffer.buffer(good), 415, "UNSUPPORTED_MEDIA_TYPE"));
    Buffer large = Buffer.buffer(good.replace("ada@", "a".repeat(10_000_000) + "@"));
    Row tooLarge = new Row(JSON, large, 413, "PAYLOAD_TOO_LARGE");
    return Stream.of(broken, bytes, types, Stream.of(tooLarge)).flatMap(s -> s);
  }

  /** A good body in which one field is each of these. */
  static Stream<Row> with(String good, String field, List<String> values) {
    return values.stream()
        .map(value -> new JsonObject(good).put(field, value).toBuffer())
        .map(body -> new Row(JSON, body, 400, INVALID));
  }

  /** A good body in which one field has none of the values it may, or is not there. */
  static Stream<Row> mistyped(String good, String field) {
    JsonObject without = new JsonObject(good);
    String value = (String) without.remove(field);
    String rest = without.isEmpty() ? "" : "," + without.encode().replaceAll("^\\{|}$", "");
    Stream<String> all =
        VALUES.stream().map(v -> "{\"" + field + "\":" + v.replace("%s", value) + rest + "}");
    return Stream.concat(all, Stream.of(without.encode()))
        .map(body -> new Row(JSON, Buffer.buffer(body), 400, INVALID));
  }
}
