package dev.sluice.sandbox.mail;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.security.GeneralSecurityException;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.subethamail.smtp.MessageContext;
import org.subethamail.smtp.auth.EasyAuthenticationHandlerFactory;
import org.subethamail.smtp.auth.LoginFailedException;
import org.subethamail.smtp.server.SMTPServer;
import org.subethamail.smtp.server.Session;

/**
 * The SMTP server, with threads of its own. STARTTLS comes first (RFC 3207), then the login (RFC
 * 4954), and only then a mail; each is refused with 530 otherwise.
 */
public final class MailServer {

  /** The user it knows. */
  public static final String USERNAME = "sluice";

  /** The password of {@link #USERNAME}. It opens nothing but the simulator. */
  public static final String PASSWORD = "sandbox-mail-password";

  /** The most bytes of a mail (RFC 1870). */
  static final int LARGEST = 1 << 20;

  private static final int SILENCE_MILLIS = 60_000;

  private final String host;
  private final int wantedPort;
  private final Clock clock;
  private final Mails mails = new Mails();
  private SMTPServer server;

  /** Of a port that 0 leaves to the system. */
  public MailServer(String host, int port, Clock clock) {
    this.host = host;
    this.wantedPort = port;
    this.clock = clock;
  }

  /** Listens; blocks. Throws with a message that names the port where that is not to be had. */
  public void start() {
    try {
      server = build(SelfSigned.make(clock).context());
      server.start();
    } catch (GeneralSecurityException | IOException | RuntimeException e) {
      throw new IllegalStateException(cannotListen(e), e);
    }
  }

  /** Closes all connections; blocks. Idempotent. */
  public void stop() {
    if (server != null) {
      server.stop();
    }
  }

  /** The port it listens on. */
  public int port() {
    return server.getPortAllocated();
  }

  /**
   * What a person has to know of it.
   *
   * @param read where its mails are
   * @param trouble the addresses that are not taken at once
   */
  public record About(
      int smtpPort,
      String username,
      String password,
      List<String> read,
      Map<String, String> trouble) {}

  /** As {@code GET /control} shows it. */
  public About about() {
    return new About(
        port(),
        USERNAME,
        PASSWORD,
        List.of(
            "GET /mail/messages?to=a@example.com&limit=10",
            "GET /mail/messages/{id}",
            "DELETE /mail/messages"),
        Map.of("bounce…@", "550 5.1.1", "slow-…@", "451 4.3.0 twice, then taken"));
  }

  /** Where its mails are read. */
  public Inbox inbox() {
    return new Inbox(mails);
  }

  private SMTPServer build(SSLContext context) throws UnknownHostException {
    return SMTPServer.port(wantedPort)
        .bindAddress(InetAddress.getByName(host))
        .hostName("localhost")
        .softwareName("Sluice sandbox")
        .messageHandlerFactory(asked -> new Delivery(mails, clock, isEncrypted(asked)))
        .authenticationHandlerFactory(new EasyAuthenticationHandlerFactory(MailServer::login))
        .requireAuth()
        .enableTLS()
        .requireTLS()
        .startTlsSocketFactory(socket -> encrypted(context, socket))
        .maxMessageSize(LARGEST)
        .connectionTimeoutMs(SILENCE_MILLIS)
        .executorService(threads())
        .build();
  }

  private static ExecutorService threads() {
    return Executors.newCachedThreadPool(
        task -> {
          Thread thread = new Thread(task, "sandbox-smtp");
          thread.setDaemon(true);
          return thread;
        });
  }

  private static boolean isEncrypted(MessageContext asked) {
    return asked instanceof Session session && session.isTLSStarted();
  }

  private static SSLSocket encrypted(SSLContext context, Socket socket) throws IOException {
    SSLSocket encrypted =
        (SSLSocket)
            context.getSocketFactory().createSocket(socket, "localhost", socket.getPort(), true);
    encrypted.setUseClientMode(false);
    return encrypted;
  }

  private static void login(String username, String password, MessageContext asked)
      throws LoginFailedException {
    if (!USERNAME.equals(username) || !PASSWORD.equals(password)) {
      throw new LoginFailedException();
    }
  }

  private String cannotListen(Exception cause) {
    Throwable reason = cause.getCause() == null ? cause : cause.getCause();
    return "The sandbox cannot listen on "
        + host
        + ":"
        + wantedPort
        + " for mail ("
        + reason.getMessage()
        + "). Stop what uses that port, or choose another with sandbox.smtpPort.";
  }
}
