package dev.sluice.contract.json;

import io.vertx.core.buffer.Buffer;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Bodies that are no JSON, or JSON that two readers would read in two ways; by the families of
 * JSONTestSuite.
 */
public final class NastyJson {
  private NastyJson() {}

  /** What a test calls it, its bytes, and the place and the reason of the refusal. */
  public record Body(String name, Buffer bytes, String field, String reason) {
    @Override
    public String toString() {
      return name;
    }
  }

  /** All of them, with those that are just past these bounds. */
  public static Stream<Body> all(JsonSettings most) {
    List<Body> all = new ArrayList<>();
    for (String text : NOT_JSON) {
      all.add(new Body("not JSON: " + text, Buffer.buffer(text), null, "is not valid JSON"));
    }
    for (String text : MORE) all.add(body(text, "body", "there is more after its end"));
    for (String text : TWICE) all.add(body(text, null, "is there twice"));
    for (String hex : NOT_UTF8) all.add(bytes(hex));
    all.add(body("\uFEFF{}", "body", "byte order mark"));
    all.add(body("{\"a\":[1,\"\\u0000\"]}", "/a/1", "a NUL"));
    all.add(body("{\"a\":{\"b\\u0000\":1}}", "/a", "a name with a NUL"));
    all.add(body("[\"\\ud800\"]", "/0", "half a surrogate pair, \\ud800"));
    all.add(body("[\"\\udc00\\ud800\"]", "/0", "half a surrogate pair, \\udc00"));
    all.add(body("[\"\\ud800\\ud800\\udc00\"]", "/0", "half a surrogate pair"));
    all.add(body("[\"\\ud83dx\"]", "/0", "half a surrogate pair"));
    all.add(body("{\"x\":{\"\\udead\":1}}", "/x", "a name with half a surrogate pair"));
    all.add(body("{\"a\":1e400}", "/a", "too large a number"));
    all.add(body("{\"a\":[-1e999999999]}", "/a/0", "too large a number"));
    int digits = most.numberLength();
    all.add(body("[" + "9".repeat(digits + 1) + "]", "/0", "a number of more than " + digits));
    all.add(body("[0." + "1".repeat(digits - 1) + "]", "/0", "a number of more than " + digits));
    int longest = most.nameLength();
    String name = "n".repeat(longest + 1);
    all.add(body("{\"" + name + "\":1}", "body", "a name of more than " + longest));
    String many = "more than " + most.values() + " values";
    all.add(body("[" + "0,".repeat(most.values()) + "0]", "body", many));
    all.add(body("[" + "[],".repeat(most.values()) + "0]", "body", many));
    int deep = most.depth() + 1;
    String deeper = "more than " + most.depth() + " levels";
    all.add(body("[".repeat(deep) + "]".repeat(deep), null, deeper));
    all.add(body("[".repeat(100_000), null, deeper));
    all.add(body("{\"a\":".repeat(deep) + "1" + "}".repeat(deep), null, deeper));
    all.add(body("{\"a~/b\":[{\"c\":\"\\u0000\"}]}", "/a~0~1b/0/c", "a NUL"));
    return all.stream();
  }

  private static final List<String> NOT_JSON =
      List.of(
          // structure
          " ",
          "\n\t\r ",
          "{",
          "[",
          "[1",
          "[1,",
          "{\"a\"",
          "{\"a\":",
          "{\"a\":1",
          "{\"a\":1,",
          "}",
          "]",
          "[}",
          "{]",
          "[1}",
          "{\"a\":1]",
          "[,]",
          "[1,]",
          "[,1]",
          "[1,,2]",
          "[1 2]",
          "{,}",
          "{\"a\":1,}",
          "{,\"a\":1}",
          "{\"a\":1,,\"b\":2}",
          "{\"a\" 1}",
          "{\"a\",1}",
          "{\"a\"::1}",
          "{:1}",
          "{a:1}",
          "{'a':1}",
          "{1:1}",
          "{null:1}",
          "{\"a\":}",
          "{[]:1}",
          "[\"a\":1]",
          "<html>",
          "undefined",
          "\u00A0[]",
          "\f[]",
          "[\u000b]",
          "\u2028[]",
          "*",
          // comments
          "/**/[]",
          "//\n[]",
          "[1/* */]",
          "#\n[]",
          "[1#]",
          "1\u0000",
          // literals
          "nul",
          "tru",
          "fals",
          "True",
          "NULL",
          "nulll",
          "truefalse",
          "[nan]",
          "NaN",
          "Infinity",
          "-Infinity",
          "[-NaN]",
          // numbers
          "01",
          "-01",
          "00",
          "-",
          "+1",
          "--1",
          ".5",
          "-.5",
          "1.",
          "1.e1",
          "1e",
          "1e+",
          "1E-",
          "0x1",
          "1_000",
          "0e",
          "1.2.3",
          "1ee2",
          "-a",
          "1a",
          "\uFF11",
          "[1.]",
          "[2.e3]",
          "[0.e1]",
          "[1eE2]",
          "[- 1]",
          "0b1",
          "[1'000]",
          // strings
          "\"",
          "\"a",
          "\"\\\"",
          "\"\\x41\"",
          "\"\\u12\"",
          "\"\\u12G4\"",
          "\"\\U0041\"",
          "\"\\a\"",
          "\"\\'\"",
          "\"\\0\"",
          "\"\n\"",
          "\"\t\"",
          "\"\u0000\"",
          "\"\u001f\"",
          "'a'",
          "`a`",
          "\u201Ca\u201D",
          "\"\\u\"",
          "\"\\ud800\\u\"",
          "\"\\ud800\\\"",
          "a");

  private static final List<String> MORE =
      List.of(
          "{}{}",
          "[][]",
          "1 2",
          "{} x",
          "[]]",
          "{}}",
          "\"a\"\"b\"",
          "null null",
          "{}\u0000",
          "[],",
          "{}#",
          "{}//x",
          "true,",
          "{}\uFEFF",
          "[] 1e");

  private static final List<String> TWICE =
      List.of(
          "{\"a\":1,\"a\":1}",
          "{\"a\":1,\"b\":2,\"a\":{}}",
          "{\"a\":1,\"\\u0061\":2}",
          "{\"\":1,\"\":2}",
          "[{\"x\":{\"a\":1,\"a\":null}}]",
          "{\"a\":null,\"a\":null}",
          // é, and e with an accent; ångström in three spellings; the Kelvin sign
          "{\"caf\u00e9\":1,\"cafe\u0301\":2}",
          "{\"cafe\u0301\":1,\"caf\\u00e9\":2}",
          "{\"\u212b\":1,\"A\u030a\":2}",
          "{\"K\":1,\"\u212a\":2}",
          "{\"\u212a\":1,\"K\":2}",
          "{\"q\u0307\u0323\":1,\"q\u0323\u0307\":2}",
          "{\"\uac00\":1,\"\u1100\u1161\":2}");

  /** Each within the quotes of a JSON string. */
  private static final List<String> NOT_UTF8 =
      List.of(
          "80",
          "bf",
          "c0 80",
          "c0 af",
          "c1 bf",
          "c3",
          "c3 28",
          "e0 80 80",
          "e0 9f bf",
          "e2 82",
          "ed a0 80",
          "ed bf bf",
          "f0 80 80 80",
          "f0 82 82 ac",
          "f4 90 80 80",
          "f8 88 80 80 80",
          "fe",
          "ff",
          "e9",
          "ed a0 bd ed b8 80");

  private static Body body(String text, String field, String reason) {
    String name = text.length() > 40 ? text.substring(0, 40) + "…" : text;
    return new Body(reason + ": " + name, Buffer.buffer(text), field, reason);
  }

  private static Body bytes(String hex) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.writeBytes("[\"".getBytes(StandardCharsets.US_ASCII));
    for (String octet : hex.split(" ")) bytes.write(Integer.parseInt(octet, 16));
    bytes.writeBytes("\"]".getBytes(StandardCharsets.US_ASCII));
    return new Body(
        "not UTF-8: " + hex, Buffer.buffer(bytes.toByteArray()), "body", "is not UTF-8");
  }
}
