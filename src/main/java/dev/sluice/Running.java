package dev.sluice;

import dev.sluice.conf.InvalidConfiguration;
import dev.sluice.provider.twitch.TwitchSettings;
import dev.sluice.sandbox.Sandbox;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
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

  /** Starts all and says so; null, with the reason on {@code err}, where that fails. */
  static Running start(Settings settings, boolean sandbox, PrintWriter err)
      throws InterruptedException {
    Vertx vertx = sandbox ? Vertx.vertx() : null;
    try {
      Settings effective = sandbox ? simulated(settings, vertx) : settings;
      Gateway gateway =
          await(Gateway.start(effective, Gateway.Mounts.standard(effective)), START_SECONDS);
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

  /** The same settings with every provider replaced by its simulation. */
  private static Settings simulated(Settings settings, Vertx vertx)
      throws InterruptedException, ExecutionException, TimeoutException {
    SandboxSettings where = settings.sandbox();
    if (where.port() != 0 && where.port() == settings.server().port()) {
      throw new InvalidConfiguration(
          "server.port and sandbox.port are both " + where.port() + "; change one of them");
    }
    Sandbox sandbox = await(Sandbox.start(vertx, where.host(), where.port()), START_SECONDS);
    TwitchSettings twitch = settings.providers().twitch();
    return settings.with(
        new Settings.Providers(
            new TwitchSettings(
                sandbox.url(),
                sandbox.url(),
                Sandbox.TWITCH_CLIENT_ID,
                Sandbox.TWITCH_CLIENT_SECRET,
                twitch.keepToken(),
                twitch.traffic())));
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
