package dev.sluice.provider.email;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.conf.Binding;
import dev.sluice.conf.Document;
import dev.sluice.conf.InvalidConfiguration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EmailSettingsTest {
  private static final Document USUAL =
      Document.parse(
          "smtp.yaml",
          """
          host: ""
          port: 587
          security: starttls
          verify: true
          ca: ""
          username: ""
          password: ""
          from: ""
          permits: 4
          timeout: 10s
          """);

  /** The usual ones, with some laid over them, one after another. */
  static EmailSettings settings(String... differs) {
    Document document = USUAL;
    for (String yaml : differs) {
      if (!yaml.isEmpty()) document = document.overlay(Document.parse("test.yaml", yaml));
    }
    return Binding.bind(document, "", EmailSettings.class);
  }

  @Test
  void whatIsMissingIsNamed() {
    assertEquals("providers.smtp.host", settings("port: 25").missingSetting());
    assertEquals("providers.smtp.from", settings("host: mail.example.com").missingSetting());
    assertNull(settings("host: mail.example.com\nfrom: a@b.co").missingSetting());
  }

  @Test
  void thePasswordStaysOutOfLogs() {
    assertFalse(settings("username: u\npassword: hunter2").toString().contains("hunter2"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "port: 0|port must be",
        "permits: 0|permits must be",
        "timeout: 0s|timeout must be",
        "username: u|username and password",
        "password: p|username and password",
        "security: ssl|\"ssl\" is not valid",
        "{ host: mail.example.com, security: none }|on this machine alone",
        "{ host: 127.0.0.1.example.com, security: none }|on this machine alone",
        "{ verify: false, ca: x.pem }|ca is of no use",
        "ca: missing.pem|ca: missing.pem cannot be read",
        "from: nobody|from: an address",
        "from: 'Ann <a@b.co>, Bob <a@b.co>'|from:",
        "from: \"A\\r\\nBcc: x <a@b.co>\"|from:",
      })
  void whatCannotBeIsRefused(String yaml, String reason) {
    String message = assertThrows(InvalidConfiguration.class, () -> settings(yaml)).getMessage();
    assertTrue(message.contains(reason), message);
  }

  @ParameterizedTest
  @CsvSource({"localhost", "127.0.0.1", "127.1.2.3", "::1"})
  void thisMachineMayBeAskedInTheClear(String host) {
    assertEquals(
        EmailSettings.Security.NONE,
        settings("{ host: \"" + host + "\", security: none }").security());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      value = {
        "a@b.co|a@b.co",
        "Sluice Mail <a@b.co>|Sluice Mail <a@b.co>",
        "Sluice Inc. <a@b.co>|\"Sluice Inc.\" <a@b.co>",
        "Grüße <a@b.co>|=?UTF-8?B?R3LDvMOfZQ==?= <a@b.co>"
      })
  void theSenderMayHaveAName(String from, String header) {
    Sender sender = settings("from: " + from).sender();
    assertEquals(header, sender.header());
    assertEquals("a@b.co", sender.address().text());
  }

  @Test
  void aLongNameIsWrittenInSeveralWords() {
    String header = settings("from: " + "日本".repeat(20) + " <a@b.co>").sender().header();
    String[] words = header.split(" ");
    assertTrue(words.length > 3, header);
    for (String word : words) assertTrue(word.length() <= 75, word);
  }
}
