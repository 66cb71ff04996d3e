package dev.sluice.sandbox.mail;

import jakarta.mail.MessagingException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.subethamail.smtp.MessageHandler;
import org.subethamail.smtp.RejectException;

/** One mail as it is handed in, on the thread of its connection. */
final class Delivery implements MessageHandler {

  private final Mails mails;
  private final Clock clock;
  private final boolean tls;
  private final List<String> recipients = new ArrayList<>();

  Delivery(Mails mails, Clock clock, boolean tls) {
    this.mails = mails;
    this.clock = clock;
    this.tls = tls;
  }

  @Override
  public void from(String from) {
    // any sender will do, as for one who has logged in
  }

  /** Some addresses fail on purpose, so that what then happens can be tried. */
  @Override
  public void recipient(String recipient) throws RejectException {
    String address = recipient.toLowerCase(Locale.ROOT);
    if (address.startsWith("bounce")) {
      throw new RejectException(550, "5.1.1 No such user here");
    }
    if (address.startsWith("slow-") && mails.refusesYet(address)) {
      throw new RejectException(451, "4.3.0 Try again later");
    }
    recipients.add(recipient);
  }

  @Override
  public String data(InputStream data) throws RejectException, IOException {
    byte[] bytes = whole(data);
    try {
      Mime mime = new Mime(bytes);
      String id = mails.nextId();
      mails.add(mime.mail(id, List.copyOf(recipients), clock.instant().toString(), tls));
      return "2.0.0 Ok: queued as " + id;
    } catch (MessagingException | IOException | IllegalArgumentException e) {
      throw new RejectException(554, "5.6.0 This is no mail: " + e.getMessage());
    }
  }

  @Override
  public void done() {
    recipients.clear();
  }

  /** One that is too long is read to its end all the same: only then an answer is due. */
  private static byte[] whole(InputStream data) throws IOException, RejectException {
    ByteArrayOutputStream kept = new ByteArrayOutputStream();
    byte[] some = new byte[8192];
    long length = 0;
    for (int read = data.read(some); read >= 0; read = data.read(some)) {
      length += read;
      if (length <= MailServer.LARGEST) {
        kept.write(some, 0, read);
      }
    }
    if (length > MailServer.LARGEST) {
      throw new RejectException(552, "5.3.4 Message size exceeds fixed limit");
    }
    return kept.toByteArray();
  }
}
