package dev.sluice.prove;

import static dev.sluice.prove.Figures.say;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A gateway seen from outside at one moment. Memory in MiB; the heap is what a full collection
 * left; connections are those of clients.
 */
record Vitals(
    double rss, double heap, double direct, int descriptors, int threads, int connections) {
  private static final Pattern USED =
      Pattern.compile("(?:PSYoungGen|ParOldGen|garbage-first heap)\\s+total \\d+K, used (\\d+)K");

  /** Collects its garbage, and looks. */
  static Vitals of(Subject gateway) throws Exception {
    long pid = gateway.pid();
    double heap = heap(pid);
    double direct = gateway.metric("jvm_buffer_memory_used_bytes{id=\"direct\"}") / 1048576;
    int connections = (int) gateway.metric("http_connections_active") - 1; // less the one that asks
    return new Vitals(
        status(pid, "VmRSS"),
        heap,
        direct,
        descriptors(pid),
        (int) (status(pid, "Threads") * 1024),
        connections);
  }

  /** MiB that a full collection leaves, which this asks for. */
  static double heap(long pid) throws Exception {
    jcmd(pid, "GC.run");
    Matcher used = USED.matcher(jcmd(pid, "GC.heap_info"));
    double heap = 0;
    while (used.find()) heap += Long.parseLong(used.group(1)) / 1024.0;
    return heap;
  }

  static double rss(long pid) throws IOException {
    return status(pid, "VmRSS");
  }

  /** The most it has been. */
  static double peak(long pid) throws IOException {
    return status(pid, "VmHWM");
  }

  /** Seconds of processors' time that a process has used. */
  static double cpu(Process process) {
    return process.info().totalCpuDuration().orElseThrow().toNanos() / 1e9;
  }

  /** Kilobytes in MiB; a plain number comes out by 1024 too small. */
  private static double status(long pid, String key) throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/" + pid + "/status"))) {
      if (line.startsWith(key + ":")) {
        return Long.parseLong(line.replaceAll("\\D+", "")) / 1024.0;
      }
    }
    throw new IOException("/proc says nothing of " + key);
  }

  private static int descriptors(long pid) throws IOException {
    try (Stream<Path> open = Files.list(Path.of("/proc/" + pid + "/fd"))) {
      return (int) open.count();
    }
  }

  static String jcmd(long pid, String command) throws Exception {
    String tool = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
    Process asking =
        new ProcessBuilder(List.of(tool, Long.toString(pid), command))
            .redirectErrorStream(true)
            .start();
    String said = new String(asking.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (asking.waitFor() != 0) throw new IOException("jcmd " + command + ": " + said);
    return said;
  }

  void print(String when) {
    Object[] values = {when, rss, heap, direct, descriptors, threads, connections};
    say(
        "%-22s RSS %6.1f MiB   heap %6.1f   direct %5.1f   descriptors %4d   threads %3d  "
            + " connections %5d",
        values);
  }
}
