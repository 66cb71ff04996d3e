package dev.sluice.sandbox;

import dev.sluice.sandbox.google.Google;
import dev.sluice.sandbox.mail.MailServer;
import dev.sluice.sandbox.microsoft.Microsoft;
import dev.sluice.sandbox.twitch.Twitch;
import io.vertx.core.Future;
import io.vertx.core.Vertx;

/**
 * The running simulators. {@code GET /control} on {@link #url()} says what can be asked of them.
 */
public final class Sandbox {

  /** The client id that the simulated Twitch knows. */
  public static final String TWITCH_CLIENT_ID = Twitch.CLIENT_ID;

  /** The secret of {@link #TWITCH_CLIENT_ID}. It opens nothing but the simulator. */
  public static final String TWITCH_CLIENT_SECRET = Twitch.CLIENT_SECRET;

  /** The user that the mail server knows. */
  public static final String SMTP_USERNAME = MailServer.USERNAME;

  /** The password of {@link #SMTP_USERNAME}. It opens nothing but the simulator. */
  public static final String SMTP_PASSWORD = MailServer.PASSWORD;

  /** Who is an administrator where nobody else is. */
  public static final String ADMIN = "admin@example.com";

  /** The client id that the simulated Google knows. */
  public static final String GOOGLE_CLIENT_ID = Google.CLIENT_ID;

  /** The secret of {@link #GOOGLE_CLIENT_ID}, of as little worth. */
  public static final String GOOGLE_CLIENT_SECRET = Google.CLIENT_SECRET;

  /** The client id that the simulated Microsoft knows. */
  public static final String MICROSOFT_CLIENT_ID = Microsoft.CLIENT_ID;

  /** The secret of {@link #MICROSOFT_CLIENT_ID}, of as little worth. */
  public static final String MICROSOFT_CLIENT_SECRET = Microsoft.CLIENT_SECRET;

  /** Whom the simulated push service can ask about the gateway. */
  public static final String PUSH_SUBJECT = "mailto:sandbox@sluice.test";

  private final Vertx vertx;
  private final String deployment;
  private final String host;
  private final int port;
  private final int smtpPort;

  private Sandbox(Vertx vertx, String deployment, String host, SandboxVerticle verticle) {
    this.vertx = vertx;
    this.deployment = deployment;
    this.host = host;
    this.port = verticle.port();
    this.smtpPort = verticle.smtpPort();
  }

  /** Starts the simulators, the mail server on any free port. */
  public static Future<Sandbox> start(Vertx vertx, String host, int port) {
    return start(vertx, host, port, 0);
  }

  /**
   * Starts the simulators on one port and the mail server on another, with fresh state and the same
   * data as at every start.
   *
   * @param port 0 for any free port; a port in use fails the future with a message that names it
   * @param smtpPort the mail server's, likewise
   */
  public static Future<Sandbox> start(Vertx vertx, String host, int port, int smtpPort) {
    SandboxVerticle verticle = new SandboxVerticle(host, port, smtpPort);
    return vertx
        .deployVerticle(verticle)
        .map(deployment -> new Sandbox(vertx, deployment, host, verticle));
  }

  /** The port it listens on. */
  public int port() {
    return port;
  }

  /** The port its mail server listens on. */
  public int smtpPort() {
    return smtpPort;
  }

  /** The host at which this machine reaches it. */
  public String reachable() {
    return host.equals("0.0.0.0") ? "127.0.0.1" : host;
  }

  /** The base address of every simulated provider, without a trailing slash. */
  public String url() {
    String reachable = reachable();
    return "http://" + (reachable.contains(":") ? "[" + reachable + "]" : reachable) + ":" + port;
  }

  /** Stops listening and forgets all state. */
  public Future<Void> close() {
    return vertx.undeploy(deployment);
  }
}
