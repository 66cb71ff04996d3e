package dev.sluice.prove;

import static dev.sluice.harness.RunningGateway.await;
import static dev.sluice.prove.Figures.say;

import dev.sluice.harness.GatewayProcess;
import dev.sluice.harness.Scratch;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.client.WebClient;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * 50 reloads of which each changes routes and upstreams, or is refused, and one SIGTERM, all under
 * load over HTTP/1.1 and HTTP/2: what fails, and what is left behind.
 */
final class Reload implements Prove.Proof {
  private static final int RELOADS = 50;
  private static final int SETTLED = 10;
  private static final int INVALID_EVERY = 7;
  private static final int KEPT = 30; // connections to upstreams come and go; one a reload is 40
  private static final Buffer LARGE = Buffer.buffer(new byte[100_000]);

  private final Vertx vertx = Vertx.vertx();
  private final WebClient web = WebClient.create(vertx);
  private final Figures reloads = new Figures("sluice reload, the process included");
  private Path directory;
  private Path file;
  private GatewayProcess gateway;

  @Override
  public boolean holds() throws Exception {
    directory = Scratch.directory();
    file = directory.resolve("sluice.yaml");
    int one = await(vertx.createHttpServer().requestHandler(this::api).listen(0)).actualPort();
    int two = await(vertx.createHttpServer().requestHandler(this::api).listen(0)).actualPort();
    int port = freePort();
    write(port, one, two, 0);
    String data = directory.resolve("data").toString();
    String[] arguments = {"run", "--sandbox", "-c", file.toString(), "--data", data};
    String jvm = String.join(" ", Memory.settings());
    Map<String, String> environment =
        Map.of("SLUICE_SANDBOX_PORT", "0", "SLUICE_SANDBOX_SMTPPORT", "0", "JDK_JAVA_OPTIONS", jvm);
    Path log = directory.resolve("gateway.log");
    try (GatewayProcess running =
        GatewayProcess.start(directory, environment, log, arguments).ready()) {
      gateway = running;
      Load load = new Load(vertx, port);
      load.start();
      String early = "";
      double[] before = {};
      for (int i = 1; i <= RELOADS; i++) {
        boolean valid = i % INVALID_EVERY != 0;
        write(port, one, two, valid ? i : -i);
        if (reload(data) == valid) load.breathe();
        else early += " reload " + i + " was " + (valid ? "refused" : "not refused") + ";";
        if (i == SETTLED) before = state();
      }
      double[] after = state();
      long served = load.served();
      gateway.process().toHandle().destroy();
      long began = System.nanoTime();
      boolean ended = gateway.process().waitFor(60, TimeUnit.SECONDS);
      double seconds = (System.nanoTime() - began) / 1e9;
      load.stop();
      reloads.print();
      say("requests: %d before SIGTERM, %d in all", served, load.served());
      say("wrong or lost: %d; not connected after SIGTERM: %d", load.failed(), load.refused());
      load.failures().forEach(failure -> say("  %s", failure));
      say("exit %d after %.1f s", ended ? gateway.process().exitValue() : -1, seconds);
      say("after %d and %d reloads:", SETTLED, RELOADS);
      say("  heap after a collection, MiB: %.1f, %.1f", before[0], after[0]);
      say("  resident, MiB: %.0f, %.0f", before[1], after[1]);
      say(
          "  descriptors: %.0f, %.0f; threads: %.0f, %.0f",
          before[2], after[2], before[3], after[3]);
      if (!early.isEmpty()) say("wrong:%s", early);
      return early.isEmpty()
          && load.failed() == 0
          && ended
          && gateway.process().exitValue() == 0
          && after[0] < before[0] * 1.15 + 2
          && after[2] <= before[2] + KEPT
          && after[3] <= before[3] + 2;
    } finally {
      await(vertx.close());
      Scratch.delete(directory);
    }
  }

  /** The load's paths always lead somewhere; by turns to another upstream, among other routes. */
  private void write(int port, int one, int two, int turn) throws IOException {
    int round = Math.abs(turn);
    String yaml =
        """
        version: 1
        server: { port: %d, maxBody: %dMB, cors: { maxAge: %dm } }
        observe: { accessLog: false }
        limits: { own: { ip: { requests: %d, window: 1m } } }
        upstreams:
          same: { url: "http://127.0.0.1:%d" }
          turns: { url: "http://127.0.0.1:%d" }
          new%d: { url: "http://127.0.0.1:%d", connections: %d }
        routes:
          - { path: "/same/**", upstream: same, stripPrefix: /same }
          - { path: "/turns/**", upstream: turns, stripPrefix: /turns, limit: own }
          - { path: "/o/**", upstream: new%d, stripPrefix: /o }
          - { path: "/extra/%d/**", upstream: same }
        providers: { twitch: { traffic: { permits: %d } } }
        %s
        """
            .formatted(
                port,
                10 + round,
                10 + round,
                5_000_000 + round,
                one,
                round % 2 == 0 ? one : two,
                round,
                two,
                100 + round,
                round,
                round % 5,
                32 + round % 3,
                turn < 0 ? "rutes: []" : "");
    Path fresh = directory.resolve("fresh.yaml");
    Files.writeString(fresh, yaml);
    Files.move(
        fresh,
        file,
        java.nio.file.StandardCopyOption.ATOMIC_MOVE,
        java.nio.file.StandardCopyOption.REPLACE_EXISTING);
  }

  private boolean reload(String data) throws Exception {
    long began = System.nanoTime();
    Process process =
        new ProcessBuilder(GatewayProcess.command("reload", "--data", data))
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    int code = process.waitFor();
    reloads.add(System.nanoTime() - began);
    if (code == 0 == said.contains("rutes")) throw new AssertionError(said);
    return code == 0;
  }

  /** Heap after a collection and resident memory in MiB, descriptors, threads. */
  private double[] state() throws Exception {
    String pid = Long.toString(gateway.process().pid());
    Path jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd");
    double heap = Double.MAX_VALUE; // the least of three: what is under way counts, too
    for (int i = 0; i < 3; i++) {
      new ProcessBuilder(jcmd.toString(), pid, "GC.run").start().waitFor();
      heap = Math.min(heap, used());
    }
    double resident = 0;
    for (String line : Files.readAllLines(Path.of("/proc", pid, "status"))) {
      if (line.startsWith("VmRSS"))
        resident = Double.parseDouble(line.replaceAll("\\D", "")) / 1024;
    }
    double[] state = {heap, resident, count(pid, "fd"), count(pid, "task")};
    return state;
  }

  private double used() {
    String scrape = await(web.getAbs(gateway.url() + "/metrics").send()).bodyAsString();
    Matcher used =
        Pattern.compile("jvm_memory_used_bytes\\{area=\"heap\".*} (\\S+)").matcher(scrape);
    double heap = 0;
    while (used.find()) heap += Double.parseDouble(used.group(1)) / 1048576;
    return heap;
  }

  private static double count(String pid, String what) throws IOException {
    try (var entries = Files.list(Path.of("/proc", pid, what))) {
      return entries.count();
    }
  }

  private void api(HttpServerRequest request) {
    String path = request.path();
    if (path.startsWith("/large")) {
      request.response().end(LARGE);
    } else if (path.startsWith("/slow")) {
      vertx.setTimer(300, t -> request.response().end("slow"));
    } else {
      request.body().onSuccess(body -> request.response().end(body.length() == 0 ? "x" : "y"));
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  /** What each of the load's requests asks for. */
  static final List<String> TARGETS =
      List.of(
          "/same/x",
          "/turns/x",
          "/o/x",
          "/clips?channel=ninja&limit=5",
          "/o/large",
          "/turns/slow",
          "/user?login=ninja");
}
