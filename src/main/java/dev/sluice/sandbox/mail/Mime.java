package dev.sluice.sandbox.mail;

import jakarta.mail.BodyPart;
import jakarta.mail.Header;
import jakarta.mail.MessagingException;
import jakarta.mail.Part;
import jakarta.mail.Session;
import jakarta.mail.internet.ContentType;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeMultipart;
import jakarta.mail.internet.MimeUtility;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.Charset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;

/** A mail's parts, read as a mail program would (RFC 5322, RFC 2045 to 2047). */
final class Mime {

  private static final Session SESSION = Session.getInstance(new Properties());

  private final MimeMessage message;
  private String text;
  private String html;

  /** Throws where it is not MIME as it should be. */
  Mime(byte[] bytes) throws MessagingException, IOException {
    message = new MimeMessage(SESSION, new ByteArrayInputStream(bytes));
    read(message);
  }

  /** The mail as it is shown. */
  Mail mail(String id, List<String> recipients, String date, boolean tls)
      throws MessagingException, IOException {
    Map<String, List<String>> headers = headers();
    String from = headers.getOrDefault("From", List.of("")).get(0);
    return new Mail(id, from, recipients, message.getSubject(), date, text, html, headers, tls);
  }

  private Map<String, List<String>> headers() throws MessagingException, IOException {
    Map<String, List<String>> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    for (Header header : Collections.list(message.getAllHeaders())) {
      headers
          .computeIfAbsent(header.getName(), name -> new ArrayList<>())
          .add(MimeUtility.decodeText(MimeUtility.unfold(header.getValue())));
    }
    return headers;
  }

  /** The first text and the first HTML are what a reader would see. */
  private void read(Part part) throws MessagingException, IOException {
    if (part.isMimeType("multipart/*")) {
      MimeMultipart parts = new MimeMultipart(part.getDataHandler().getDataSource());
      for (int i = 0; i < parts.getCount(); i++) {
        BodyPart next = parts.getBodyPart(i);
        read(next);
      }
    } else if (part.isMimeType("text/plain") && text == null) {
      text = decoded(part);
    } else if (part.isMimeType("text/html") && html == null) {
      html = decoded(part);
    }
  }

  private static String decoded(Part part) throws MessagingException, IOException {
    String charset = new ContentType(part.getContentType()).getParameter("charset");
    Charset written =
        Charset.forName(charset == null ? "us-ascii" : MimeUtility.javaCharset(charset));
    return new String(part.getInputStream().readAllBytes(), written);
  }
}
