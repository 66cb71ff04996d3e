package dev.sluice.app.identity;

import dev.sluice.provider.email.Email;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * The mail with a code, from its templates: {@code apps/identity/mail/code.txt} and {@code .html}.
 */
final class CodeMail {
  private final String text = read("code.txt");
  private final String html = read("code.html");

  /** Digits and a number are all that is filled in: nothing has to be escaped. */
  Email.Mail of(String to, String code, Duration lifetime) {
    String grouped = code.substring(0, 3) + " " + code.substring(3);
    return new Email.Mail(
        to,
        grouped + " is your sign-in code",
        filled(text, grouped, lifetime),
        filled(html, grouped, lifetime),
        "sign-in-code");
  }

  private static String filled(String template, String code, Duration lifetime) {
    String minutes = Long.toString(Math.max(1, lifetime.toMinutes()));
    return template.replace("{code}", code).replace("{minutes}", minutes);
  }

  private static String read(String name) {
    try (InputStream in = CodeMail.class.getResourceAsStream("/apps/identity/mail/" + name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
