package dev.sluice;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.sluice.conf.InvalidConfiguration;
import dev.sluice.sandbox.Sandbox;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A gateway as a process: started by {@code run}, ended by a signal. */
final class Running {
  private static final Logger LOG = LoggerFactory.getLogger(Running.class);
  private static final long START_SECONDS = 120;
  private static final long STOP_SECONDS = 30;

  private final Gateway gateway;
  private final Vertx sandboxVertx;

  private Running(Gateway gateway, Vertx sandboxVertx) {
    this.gateway = gateway;
    this.sandboxVertx = sandboxVertx;
  }

  /** Reads the settings, with others by JSON pointer laid over them. */
  interface Loading {
    Settings load(Map<String, JsonNode> over);
  }

  /** Starts all and says so; null, with the reason on {@code err}, where that fails. */
  static Running start(Loading loading, boolean sandbox, PrintWriter err)
      throws InterruptedException {
    Settings plain = loading.load(Map.of());
    Vertx vertx = sandbox ? Vertx.vertx() : null;
    try {
      Settings settings = sandbox ? loading.load(simulation(plain, vertx)) : plain;
      Gateway.Mounts mounts = Gateway.Mounts.standard(settings);
      Gateway gateway = await(Gateway.start(settings, mounts), START_SECONDS);
      mounts.unconfigured().forEach(missing -> err.println("Not configured: " + missing));
      Running running = new Running(gateway, vertx);
      Runtime.getRuntime().addShutdownHook(new Thread(running::stop, "shutdown"));
      long millis =
          System.currentTimeMillis() - ManagementFactory.getRuntimeMXBean().getStartTime();
      String url = "http://localhost:" + gateway.port();
      LOG.info("Sluice {} is ready on {} after {} ms", Main.version(), url, millis);
      err.println(
          "Sluice "
              + Main.version()
              + " is ready on "
              + url
              + " after "
              + millis
              + " ms; try "
              + url
              + "/docs");
      return running;
    } catch (ExecutionException | TimeoutException | InvalidConfiguration e) {
      Throwable cause = e instanceof ExecutionException ? e.getCause() : e;
      LOG.debug("start failed", cause);
      err.println("Sluice did not start: " + cause.getMessage());
      if (vertx != null) vertx.close();
      return null;
    }
  }

  /** Settings that put a simulation in the place of every provider. */
  private static Map<String, JsonNode> simulation(Settings settings, Vertx vertx)
      throws InterruptedException, ExecutionException, TimeoutException {
    SandboxSettings where = settings.sandbox();
    if (where.port() != 0 && where.port() == settings.server().port()) {
      throw new InvalidConfiguration(
          "server.port and sandbox.port are both " + where.port() + "; change one of them");
    }
    Sandbox sandbox = await(Sandbox.start(vertx, where.host(), where.port()), START_SECONDS);
    TextNode url = TextNode.valueOf(sandbox.url());
    return Map.of(
        "/providers/twitch/apiUrl",
        url,
        "/providers/twitch/authUrl",
        url,
        "/providers/twitch/clientId",
        TextNode.valueOf(Sandbox.TWITCH_CLIENT_ID),
        "/providers/twitch/clientSecret",
        TextNode.valueOf(Sandbox.TWITCH_CLIENT_SECRET));
  }

  /** Runs on a signal: a gateway that could close ends the process with 0, not with 128 + n. */
  private void stop() {
    int code = 0;
    try {
      await(gateway.close(), STOP_SECONDS);
      if (sandboxVertx != null) await(sandboxVertx.close(), STOP_SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      LOG.error("did not close in order", e);
      code = 1;
    } catch (InterruptedException e) {
      code = 1;
    }
    Runtime.getRuntime().halt(code);
  }

  private static <T> T await(Future<T> future, long seconds)
      throws InterruptedException, ExecutionException, TimeoutException {
    return future.toCompletionStage().toCompletableFuture().get(seconds, TimeUnit.SECONDS);
  }
}
