package dev.sluice.prove;

import static dev.sluice.prove.Figures.say;

import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** As much load of all kinds as goes through: how much memory the gateway is resident with. */
final class Memory implements Prove.Proof {
  private static final Path DEPLOYED = Path.of("conf", "deploy", "sluice.service");
  private static final Pattern OPTIONS = Pattern.compile("ExecStart=\\S+java (.*?) ?-jar ");
  private static final int CLIENTS = 2;
  private static final int ALL_THERE_IS = 20_000;
  private static final int AT_ONCE = 64;
  private static final double MOST = 512;

  private final int seconds;

  Memory(int seconds) {
    this.seconds = seconds;
  }

  /** The options that a deployed gateway's JVM has. */
  static List<String> settings() throws IOException {
    Matcher options = OPTIONS.matcher(Files.readString(DEPLOYED));
    if (!options.find()) throw new IOException(DEPLOYED + " has no ExecStart with java");
    return List.of(options.group(1).split(" +"));
  }

  @Override
  public boolean holds() throws Exception {
    List<String> jvm = settings();
    Vertx vertx = Vertx.vertx();
    try (Origin steady = new Origin();
        Origin shaky = new Origin();
        Subject gateway = new Subject(jvm, Ask.yaml(steady, shaky))) {
      say("JVM: %s", jvm);
      List<LoadMix> mixes = new ArrayList<>();
      for (int i = 0; i < CLIENTS; i++) {
        mixes.add(new LoadMix(vertx, gateway.port(), ALL_THERE_IS, AT_ONCE).start());
      }
      Process wrk = wrk(gateway.port());
      for (int i = 1; i <= 6; i++) {
        TimeUnit.MILLISECONDS.sleep(seconds * 1000L / 6);
        say("%4d s   RSS %6.1f MiB", i * seconds / 6, Vitals.rss(gateway.pid()));
      }
      for (LoadMix mix : mixes) mix.stop();
      if (wrk != null) wrk.waitFor();
      for (LoadMix mix : mixes) mix.print();
      Vitals.of(gateway).print("after a collection");
      say("%s", Vitals.jcmd(gateway.pid(), "GC.heap_info").strip());
      double peak = Vitals.peak(gateway.pid());
      say("RSS at its highest: %.1f MiB, promised under %.0f", peak, MOST);
      return peak < MOST && mixes.stream().allMatch(mix -> mix.wrong() == 0);
    } finally {
      vertx.close();
    }
  }

  /** wrk, where there is one, makes more hits than a client in Java can. */
  private Process wrk(int port) throws IOException {
    String url = "http://127.0.0.1:" + port + "/clips?channel=ninja&limit=5";
    try {
      return new ProcessBuilder("wrk", "-t1", "-c64", "-d" + seconds, url).inheritIO().start();
    } catch (IOException none) {
      say("no wrk here: the mix is all the load");
      return null;
    }
  }
}
