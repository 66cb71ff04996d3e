package dev.sluice.harness;

import dev.sluice.Gateway;
import dev.sluice.Mounts;
import dev.sluice.Settings;
import dev.sluice.app.App;
import dev.sluice.call.Call;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A gateway with the app {@link Ledger} as a process of its own that can be killed, on the stores
 * of another, which go on.
 */
public final class LedgerProcess implements AutoCloseable {
  private static final String READY = "ready on ";

  private final Path data = Scratch.directory();
  private final Process process;
  private final int port;

  /** Another node of a gateway that has the app. */
  public LedgerProcess(RunningGateway other) throws IOException {
    Map<String, String> environment = new HashMap<>(other.environment());
    environment.putAll(Sql.stores(other));
    environment.put("SLUICE_DATA", data.toString());
    environment.put("SLUICE_APPS", "traffic,ledger");
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:+UseParallelGC",
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
            LedgerProcess.class.getName(),
            other.file().toString());
    builder.environment().putAll(environment);
    process = builder.redirectError(ProcessBuilder.Redirect.INHERIT).start();
    port = awaitPort();
  }

  private int awaitPort() throws IOException {
    BufferedReader out =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    for (String line; (line = out.readLine()) != null; ) {
      if (!line.startsWith(READY)) continue;
      Thread rest = new Thread(() -> out.lines().forEach(more -> {}), "log of a process");
      rest.setDaemon(true);
      rest.start();
      return Integer.parseInt(line.substring(READY.length()));
    }
    throw new AssertionError("the process did not start");
  }

  public int port() {
    return port;
  }

  /** As by {@code kill -9}: nothing in it runs any more. */
  public void kill() {
    try {
      process.destroyForcibly().waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    kill();
    Scratch.delete(data);
  }

  /** In the process. */
  public static void main(String[] arguments) {
    Settings settings = Settings.load(Path.of(arguments[0]), System.getenv(), Map.of());
    Mounts standard = Mounts.standard(settings);
    Ledger ledger = new Ledger();
    ledger.before = LedgerProcess::stuck;
    List<App> apps = new ArrayList<>(standard.apps());
    apps.add(ledger);
    Gateway gateway =
        RunningGateway.await(Gateway.start(settings, new Mounts(apps, standard.upstreams())));
    System.out.println(READY + gateway.port());
  }

  /** An entry can be one that this process never comes to write. */
  private static Future<Void> stuck(Call call) {
    boolean stuck = "stuck".equals(call.body().bytes().toJsonObject().getString("how"));
    return stuck ? Promise.<Void>promise().future() : Future.succeededFuture();
  }
}
