package dev.sluice.provider.email;

import dev.sluice.call.Deadline;
import dev.sluice.call.Failure;
import dev.sluice.call.Ids;
import dev.sluice.provider.email.Email.Mail;
import dev.sluice.provider.email.Email.Sent;
import io.vertx.core.MultiMap;
import io.vertx.core.Promise;
import io.vertx.ext.mail.MailMessage;

/** A mail that is fit to be sent, and how often that was tried. Of one verticle. */
final class Letter {
  private final Mail mail;
  private final EmailAddress to;
  private final String id = Ids.next();
  final Promise<Sent> promise = Promise.promise();
  int attempts;

  private Letter(Mail mail, EmailAddress to) {
    this.mail = mail;
    this.to = to;
  }

  /** Throws {@link Failure} where a field could write more than its own header. */
  static Letter of(Mail mail) {
    String subject = mail.subject();
    if (subject == null || subject.isBlank() || subject.chars().anyMatch(Letter::breaksLines)) {
      throw Failure.invalid("subject", "must be one line of text", null);
    }
    if (mail.text() == null && mail.html() == null) {
      throw Failure.invalid("text", "is missing", null);
    }
    try {
      return new Letter(mail, EmailAddress.parse(mail.to()));
    } catch (IllegalArgumentException e) {
      throw Failure.invalid("to", e.getMessage(), null);
    }
  }

  /** Also the line and paragraph separators of Unicode, which some programs take for ends. */
  private static boolean breaksLines(int character) {
    return Character.isISOControl(character) || character == 0x2028 || character == 0x2029;
  }

  String kind() {
    return mail.kind();
  }

  Deadline deadline() {
    return mail.deadline();
  }

  /** The same id at every attempt, so that a mail that comes twice is seen to be one. */
  MailMessage message(Sender from) {
    MultiMap headers = MultiMap.caseInsensitiveMultiMap();
    headers.set("Message-ID", "<" + id + "@" + from.address().domain() + ">");
    headers.set("From", from.header());
    headers.set("Auto-Submitted", "auto-generated"); // RFC 3834 §5: no holiday replies, please
    MailMessage message =
        new MailMessage()
            .setFrom(from.address().text())
            .setTo(to.text())
            .setSubject(mail.subject())
            .setHeaders(headers);
    if (mail.text() != null) message.setText(lines(mail.text()));
    if (mail.html() != null) message.setHtml(lines(mail.html()));
    return message;
  }

  /** The mail client writes CRLF for each line feed, and a CR of its own is not to be there. */
  private static String lines(String text) { // RFC 5321 §2.3.8
    return text.replace("\r\n", "\n").replace('\r', '\n');
  }
}
