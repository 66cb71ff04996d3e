package dev.sluice.sandbox;

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

  private final Vertx vertx;
  private final String deployment;
  private final String host;
  private final int port;

  private Sandbox(Vertx vertx, String deployment, String host, int port) {
    this.vertx = vertx;
    this.deployment = deployment;
    this.host = host;
    this.port = port;
  }

  /**
   * Starts the simulators on one port, with fresh state and the same data as at every start.
   *
   * @param port 0 for any free port; a port in use fails the future with a message that names it
   */
  public static Future<Sandbox> start(Vertx vertx, String host, int port) {
    SandboxVerticle verticle = new SandboxVerticle(host, port);
    return vertx
        .deployVerticle(verticle)
        .map(deployment -> new Sandbox(vertx, deployment, host, verticle.port()));
  }

  /** The port it listens on. */
  public int port() {
    return port;
  }

  /** The base address of every simulated provider, without a trailing slash. */
  public String url() {
    String reachable = host.equals("0.0.0.0") ? "127.0.0.1" : host;
    return "http://" + (reachable.contains(":") ? "[" + reachable + "]" : reachable) + ":" + port;
  }

  /** Stops listening and forgets all state. */
  public Future<Void> close() {
    return vertx.undeploy(deployment);
  }
}
