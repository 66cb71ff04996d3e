package dev.sluice.prove;

import static dev.sluice.prove.Figures.say;

import dev.sluice.harness.DataTemplate;
import dev.sluice.harness.GatewayProcess;
import dev.sluice.harness.HeldPort;
import dev.sluice.harness.Scratch;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Users sign in by codes, keep OBS credentials and save as devices, right and wrong, with
 * everything on that writes anything down: of what they keep secret nothing is found in PostgreSQL,
 * Redis, their files, the logs, the metrics or the traces. What one of them lays about on purpose
 * is found in each of these places by the same search.
 */
final class Secrecy implements Prove.Proof {
  private static final int AT_ONCE = 4;
  private static final int MOST_TOLD = 40;
  private static final long HANG_MINUTES = 10;
  private static final String YAML =
      """
      apps: [identity, traffic, realtime, studio]
      limits:
        device: { ip: { requests: 1000000, window: 1m } }
        credentials: { user: { requests: 1000000, window: 1m } }
      identity: { codes: { perIp: 1000000, perAddress: 1000000 } }
      interceptors:
        - name: logging
          settings:
            fields: [operation, user, session, client, agent, params, priority, bodyBytes, status,
                     code, micros, replyBytes, cache, requestId]
        - { name: metrics }
      """;

  private final int users;
  private final Needles needles = new Needles();
  private final Codes codes = new Codes();
  private final Map<String, Integer> answers = new ConcurrentHashMap<>();

  Secrecy(int users) {
    this.users = users;
  }

  @Override
  public boolean holds() throws Exception {
    Path directory = Scratch.directory();
    Path data = Files.createDirectory(directory.resolve("data"));
    DataTemplate.copyTo(data);
    Path log = directory.resolve("gateway.log");
    try (Collector collector = new Collector();
        HeldPort held = new HeldPort()) {
      int sandbox = held.port();
      try (GatewayProcess gateway = start(directory, data, log, sandbox, collector).ready();
          Remains remains = new Remains(data)) {
        Streamer.Doors doors = new Streamer.Doors(gateway.port(), sandbox, answers);
        Streamer careless = new Streamer("careless", doors);
        List<Streamer> streamers = new ArrayList<>();
        for (int i = 0; i < users; i++) streamers.add(new Streamer("streamer" + i, doors));
        layAbout(careless, remains);
        careless.tell(needles, codes);
        long began = System.nanoTime();
        live(streamers);
        say("%d streamers lived %.0f s", users, (System.nanoTime() - began) / 1e9);
        streamers.forEach(streamer -> streamer.tell(needles, codes));
        look("metrics", doors.metrics().getBytes(StandardCharsets.UTF_8));
        remains.tables(this::look);
        remains.files(needles::search);
      }
      look("log", Files.readAllBytes(log)); // to the last line: it has ended
      needles.search("traces", collector.spans());
      return isRight();
    } finally {
      try (Stream<String> lines = Files.lines(log)) {
        lines
            .filter(line -> line.contains(Subject.ERROR))
            .limit(MOST_TOLD)
            .forEach(line -> say("%.2000s", line));
      }
      Scratch.delete(directory);
    }
  }

  private static GatewayProcess start(
      Path directory, Path data, Path log, int sandbox, Collector collector) throws IOException {
    Path file = Files.writeString(directory.resolve("sluice.yaml"), YAML);
    Map<String, String> environment = new HashMap<>();
    environment.put("SLUICE_SERVER_PORT", "0");
    environment.put("SLUICE_DATA", data.toString());
    environment.put("SLUICE_SANDBOX_PORT", Integer.toString(sandbox));
    environment.put("SLUICE_SANDBOX_SMTPPORT", "0");
    environment.put("SLUICE_OBSERVE_ACCESSLOG", "true");
    environment.put("SLUICE_OBSERVE_OTLP", collector.url());
    return GatewayProcess.start(
        directory, environment, log, "run", "--sandbox", "-c", file.toString());
  }

  /** One who writes its secrets everywhere, and into Redis and tables, in each form. */
  private void layAbout(Streamer careless, Remains remains) throws Exception {
    careless.layAbout();
    remains.run("CREATE SCHEMA careless");
    remains.run("CREATE TABLE careless.notes (said text, bytes bytea, id uuid)");
    for (String statement : careless.statements("careless.notes")) remains.run(statement);
    remains.dumpRedis("careless", careless.password());
  }

  private void live(List<Streamer> streamers) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE);
    try {
      List<Future<Void>> lives = new ArrayList<>();
      for (Streamer streamer : streamers) lives.add(threads.submit(streamer));
      for (Future<Void> life : lives) life.get(HANG_MINUTES, TimeUnit.MINUTES);
    } finally {
      threads.shutdownNow();
    }
  }

  private void look(String place, byte[] bytes) {
    needles.search(place, bytes);
    codes.search(place, bytes);
  }

  private boolean isRight() {
    answers.forEach((what, many) -> say("%-40s %6d", what, many));
    say(
        "%d forms of their secrets, %d codes, looked for in %d MiB",
        needles.forms(), codes.count(), needles.searched() >> 20);
    boolean seen = true;
    for (String place : List.of("tables", "files of postgres", "files of redis", "log", "traces")) {
      long found = needles.found("careless", place);
      say("of the careless in %-20s %6d", place, found);
      seen &= found > 0;
    }
    for (String place : List.of("tables", "log")) {
      long found = codes.found("careless", place);
      say("codes of the careless in %-11s %6d", place, found);
      seen &= found > 0;
    }
    List<String> told = new ArrayList<>(needles.told("careless"));
    told.addAll(codes.told("careless"));
    told.stream().limit(MOST_TOLD).forEach(each -> say("FOUND: %s", each));
    boolean lived = answers.keySet().stream().noneMatch(what -> what.contains("UNEXPECTED"));
    return seen && told.isEmpty() && lived;
  }
}
