package dev.sluice.prove;

import dev.sluice.harness.GatewayProcess;
import dev.sluice.harness.LimitsAside;
import dev.sluice.harness.Scratch;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.ServerSocket;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The fat jar under proof: a process of its own, whose log is read as it comes. */
final class Subject implements AutoCloseable {
  static final String LEAK = "LEAK:";
  static final String BLOCKED = "has been blocked for";
  static final String UNHANDLED = "\"formattedMessage\":\"Unhandled exception";
  static final String ERROR = "\"level\":\"ERROR\"";

  private static final Pattern READY = Pattern.compile("ready on http://localhost:(\\d+) after");
  private static final int KEPT_LINES = 10;
  private static final long START_SECONDS = 120;
  private static final long END_SECONDS = 40;

  private final Map<String, AtomicInteger> signs = new TreeMap<>();
  private final ConcurrentLinkedQueue<String> noted = new ConcurrentLinkedQueue<>();
  private final CompletableFuture<Integer> listening = new CompletableFuture<>();
  private final Path directory;
  private final int sandboxPort;
  private final Process process;
  private final int port;

  /** Starts one with the sandbox, further options for its JVM and a configuration. */
  Subject(List<String> jvm, String yaml) throws Exception {
    for (String sign : List.of(LEAK, BLOCKED, UNHANDLED, ERROR))
      signs.put(sign, new AtomicInteger());
    directory = Scratch.directory();
    sandboxPort = freePort();
    Path file = Files.writeString(directory.resolve("sluice.yaml"), yaml);
    String data = directory.resolve("data").toString();
    List<String> command =
        new ArrayList<>(
            GatewayProcess.lasting(
                "run", "--sandbox", "--port", "0", "--data", data, "-c", file.toString()));
    command.addAll(1, jvm);
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("SLUICE_SANDBOX_PORT", Integer.toString(sandboxPort));
    builder.environment().put("SLUICE_SANDBOX_SMTPPORT", "0");
    LimitsAside.put(builder.environment());
    process = builder.start();
    Runtime.getRuntime().addShutdownHook(new Thread(process::destroy)); // an interrupted proof
    Origin.daemon("gateway's log", this::read);
    try {
      port = listening.get(START_SECONDS, TimeUnit.SECONDS);
    } catch (Exception e) {
      close();
      throw e;
    }
  }

  private void read() {
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      List<String> first = new ArrayList<>();
      for (String line; (line = lines.readLine()) != null; ) {
        if (!listening.isDone()) {
          first.add(line);
          Matcher ready = READY.matcher(line);
          if (ready.find()) listening.complete(Integer.valueOf(ready.group(1)));
        }
        if (!line.contains("\"log\":\"access\"")) note(line);
      }
      listening.completeExceptionally(new IllegalStateException("did not start: " + first));
    } catch (IOException e) {
      listening.completeExceptionally(e);
    }
  }

  private void note(String line) {
    signs.forEach(
        (sign, count) -> {
          if (line.contains(sign) && count.incrementAndGet() <= KEPT_LINES) noted.add(line);
        });
  }

  int port() {
    return port;
  }

  int sandboxPort() {
    return sandboxPort;
  }

  Process process() {
    return process;
  }

  long pid() {
    return process.pid();
  }

  /** How many lines of its log bear a sign. */
  int logged(String sign) {
    return signs.get(sign).get();
  }

  /** The first of those lines. */
  void printNoted() {
    noted.forEach(line -> Figures.say("%.2000s", line));
  }

  /** A value of its metrics page, by name and labels as they stand there. */
  double metric(String name) {
    try {
      HttpURLConnection page =
          (HttpURLConnection) new URL("http://127.0.0.1:" + port + "/metrics").openConnection();
      page.setRequestProperty("Connection", "close");
      String text = new String(page.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return text.lines()
          .filter(line -> line.startsWith(name + " "))
          .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
          .findFirst()
          .orElseThrow(() -> new IllegalStateException("no metric " + name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  /** Ends it in order where it can, else by force. */
  @Override
  public void close() throws IOException {
    end(process);
    Scratch.delete(directory);
  }

  static void end(Process process) {
    process.destroy();
    try {
      if (process.waitFor(END_SECONDS, TimeUnit.SECONDS)) return;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    process.destroyForcibly();
  }
}
