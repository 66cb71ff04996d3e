package dev.sluice.prove;

import static dev.sluice.prove.Figures.say;

import dev.sluice.harness.RunningGateway;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.ext.web.client.HttpResponse;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Three servers, each a process of its own, under a load of GETs: one of them is killed, started
 * again, stopped (SIGSTOP) and continued. No GET may fail after the first second of each event.
 */
final class Targets implements Prove.Proof {
  private static final int AT_ONCE = 32;
  private static final int WARMING = 5000;
  private static final int SECONDS = 8;
  private static final long FIRST_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final Map<String, AtomicInteger> answered = new ConcurrentHashMap<>();
  private final AtomicInteger early = new AtomicInteger();
  private final AtomicInteger late = new AtomicInteger();
  private final AtomicInteger underway = new AtomicInteger();
  private volatile Figures figures = new Figures("warming");
  private volatile long eventAt = System.nanoTime();
  private volatile boolean ended;

  @Override
  public boolean holds() throws Exception {
    List<Process> processes = new ArrayList<>();
    try {
      List<Integer> ports = new ArrayList<>();
      for (int i = 0; i < 3; i++) ports.add(start(processes, 0));
      StringBuilder urls = new StringBuilder();
      for (int port : ports) urls.append("{ url: 'http://127.0.0.1:" + port + "' },");
      String yaml = "upstreams: { o: { targets: [" + urls + "] } }\n";
      yaml += "routes: [{ path: '/o/**', upstream: o, stripPrefix: /o }]\n";
      try (RunningGateway gateway = new RunningGateway(Map.of(), yaml)) {
        for (int i = 0; i < AT_ONCE; i++) send(gateway);
        gateway.until("all is warm", () -> figures.count() > WARMING);
        boolean holds = event(gateway, "all three well", () -> {});
        Process victim = processes.get(0);
        holds &= event(gateway, "one killed", () -> victim.destroyForcibly().waitFor());
        holds &= event(gateway, "started again", () -> start(processes, ports.get(0)));
        holds &= isBack(ports.get(0));
        long pid = processes.get(3).pid();
        holds &= event(gateway, "stopped", () -> signal("STOP", pid));
        holds &= event(gateway, "continued", () -> signal("CONT", pid));
        holds &= isBack(ports.get(0));
        ended = true;
        gateway.until("all are answered", () -> underway.get() == 0);
        say("requests that were never given back: %d", leaked(gateway));
        return holds && leaked(gateway) == 0;
      }
    } finally {
      processes.forEach(Process::destroyForcibly);
    }
  }

  /** Something that happens, and may throw. */
  private interface Event {
    void happen() throws Exception;
  }

  private boolean event(RunningGateway gateway, String what, Event event) throws Exception {
    answered.clear();
    early.set(0);
    late.set(0);
    figures = new Figures(what);
    eventAt = System.nanoTime();
    event.happen();
    RunningGateway.await(gateway.vertx().timer(SECONDS, TimeUnit.SECONDS));
    figures.print();
    say(
        "    failed in the first second %d, later %d; by port %s",
        early.get(), late.get(), answered);
    return late.get() == 0;
  }

  private static long leaked(RunningGateway gateway) {
    return gateway
        .get("/metrics")
        .bodyAsString()
        .lines()
        .filter(line -> line.startsWith("upstream_requests_active{"))
        .filter(line -> !line.endsWith(" 0.0"))
        .peek(System.out::println)
        .count();
  }

  private boolean isBack(int port) {
    boolean back = answered.containsKey(Integer.toString(port));
    if (!back) say("    %d is not asked again", port);
    return back;
  }

  /** One after the other, for as long as the proof runs. */
  private void send(RunningGateway gateway) {
    if (ended) return;
    underway.incrementAndGet();
    Figures now = figures;
    long began = System.nanoTime();
    gateway
        .sendAsync(HttpMethod.GET, "/o/x", null)
        .onComplete(
            answer -> {
              underway.decrementAndGet();
              now.add(System.nanoTime() - began);
              count(answer.succeeded() ? answer.result() : null);
              send(gateway);
            });
  }

  private void count(HttpResponse<Buffer> answer) {
    if (answer != null && answer.statusCode() == 200) {
      answered.computeIfAbsent(answer.bodyAsString(), p -> new AtomicInteger()).incrementAndGet();
    } else if (System.nanoTime() - eventAt < FIRST_NANOS) {
      early.incrementAndGet();
    } else {
      late.incrementAndGet();
    }
  }

  private static int start(List<Process> processes, int port) throws IOException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "-cp",
                System.getProperty("java.class.path"),
                Server.class.getName(),
                Integer.toString(port))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    processes.add(process);
    BufferedReader out =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    return Integer.parseInt(out.readLine());
  }

  private static void signal(String name, long pid) throws IOException, InterruptedException {
    new ProcessBuilder("kill", "-" + name, Long.toString(pid)).inheritIO().start().waitFor();
  }

  /** A server that answers with its port, and says it on its output first. */
  static final class Server {
    private Server() {}

    public static void main(String[] arguments) {
      HttpServerOptions options =
          new HttpServerOptions().setHost("127.0.0.1").setPort(Integer.parseInt(arguments[0]));
      Vertx.vertx()
          .createHttpServer(options)
          .requestHandler(
              request -> request.response().end("" + request.connection().localAddress().port()))
          .listen()
          .onSuccess(server -> System.out.println(server.actualPort()))
          .onFailure(
              cause -> {
                cause.printStackTrace();
                System.exit(1);
              });
    }
  }
}
