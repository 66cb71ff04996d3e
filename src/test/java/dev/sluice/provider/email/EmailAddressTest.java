package dev.sluice.provider.email;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EmailAddressTest {
  private static final String LABEL = "b".repeat(63);

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '"',
      value = {
        "a@b.co,a@b.co",
        "Ann.Lee@Example.COM,ann.lee@example.com",
        "a+tag@example.com,a+tag@example.com",
        "o'neill!#$%&*/=?^_`{|}~-@example.com,o'neill!#$%&*/=?^_`{|}~-@example.com",
        "1@2.3.example,1@2.3.example",
        "a@XN--Bcher-kva.example,a@xn--bcher-kva.example",
        "a@a-b.c1.museum,a@a-b.c1.museum"
      })
  void goodOnesHaveANormalForm(String text, String normal) {
    EmailAddress address = EmailAddress.parse("  " + text + " ");
    assertEquals(text, address.text());
    assertEquals(normal, address.normal());
    assertEquals(normal, EmailAddress.parse(normal).normal());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '\t',
      quoteCharacter = '\0',
      value = {
        "a	looks like",
        "@b.co	looks like",
        "a@	looks like",
        "a@b@c.co	one @",
        "a@b	needs a dot",
        "a@localhost	needs a dot",
        "a@b.co.	no dot at its end",
        "a@.b.co	is no domain",
        "a@b..co	is no domain",
        "a@-b.co	is no domain",
        "a@b-.co	is no domain",
        "a@b_c.co	is no domain",
        "a@b c.co	is no domain",
        "a@[127.0.0.1]	not a number",
        "a@[IPv6:::1]	not a number",
        "a@127.0.0.1	not a number",
        ".a@b.co	before @",
        "a.@b.co	before @",
        "a..b@b.co	before @",
        "a b@b.co	before @",
        "a:b@b.co	before @",
        "a\\b@b.co	before @",
        "\"a b\"@b.co	without a name",
        "a(x)@b.co	without a name",
        "Ann <a@b.co>	without a name",
        "<a@b.co>	without a name",
        "<@x.co:a@b.co>	",
        "@x.co:a@b.co	",
        "a%b@x.co@y.co	one @",
        "a@b.co,c@d.co	not several",
        "a@b.co, c@d.co	not several",
        "a@b.co;c@d.co	one @",
        "а@b.co	not ASCII",
        "ａ@b.co	not ASCII",
        "jos\u00e9@b.co	not ASCII",
        "a\u200b@b.co	not ASCII",
        "a\u202eb@b.co	not ASCII",
        "a@ｂ.co	xn--",
        "a@b\u3002co	xn--",
        "a@b\u00fccher.example	xn--",
        "a@b.c\u200bo	xn--",
        "\u00a0a@b.co	not ASCII",
        "a@b.co\u2028	xn--",
        "\u212a@b.co	not ASCII"
      })
  void badOnesAreRefusedWithAReason(String text, String reason) {
    String message =
        assertThrows(IllegalArgumentException.class, () -> EmailAddress.parse(text)).getMessage();
    assertTrue(reason == null || message.contains(reason), message);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "   ",
        "a@b.co\r\nBcc: c@d.co",
        "a@b.co\n",
        "a@b.co\r",
        "\ta@b.co",
        "a\u0000@b.co",
        "a\u007f@b.co",
        "a\u0085@b.co"
      })
  void neitherAreThoseThatAreNoLineOfText(String text) {
    assertThrows(IllegalArgumentException.class, () -> EmailAddress.parse(text));
  }

  @Test
  void nothingIsNoAddress() {
    assertThrows(IllegalArgumentException.class, () -> EmailAddress.parse(null));
  }

  @Test
  void theLengthsOfTheStandardHold() {
    EmailAddress.parse("a".repeat(64) + "@b.co");
    refused("a".repeat(65) + "@b.co");
    EmailAddress.parse("a@" + LABEL + ".co");
    refused("a@b" + LABEL + ".co");
    String domain = "." + LABEL + "." + LABEL + "." + LABEL; // 192
    EmailAddress.parse("a".repeat(60) + "@" + "c" + domain); // 254
    refused("a".repeat(61) + "@" + "c" + domain);
  }

  private static void refused(String text) {
    assertThrows(IllegalArgumentException.class, () -> EmailAddress.parse(text));
  }
}
