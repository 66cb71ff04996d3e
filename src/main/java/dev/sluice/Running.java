package dev.sluice;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.sluice.conf.FileWatch;
import dev.sluice.conf.InvalidConfiguration;
import dev.sluice.sandbox.Sandbox;
import dev.sluice.store.Keyset;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A gateway as a process: started by {@code run}, reloaded and ended by signals. */
final class Running {
  private static final Logger LOG = LoggerFactory.getLogger(Running.class);
  private static final long START_SECONDS = 120;
  private static final Duration CLOSING = Duration.ofSeconds(5);
  private static final long ANSWER_SECONDS = 30;
  private static final long LOOK_MILLIS = 1000;

  private final Gateway gateway;
  private final Vertx sandboxVertx;
  private final AtomicBoolean stopping = new AtomicBoolean();
  private final ScheduledExecutorService work =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "reload");
            thread.setDaemon(true);
            return thread;
          });
  private ControlSocket control;

  private Running(Gateway gateway, Vertx sandboxVertx) {
    this.gateway = gateway;
    this.sandboxVertx = sandboxVertx;
  }

  /** Where the settings come from. */
  interface Loading {
    /** Reads them, with others by JSON pointer laid over them. */
    Loaded load(Map<String, JsonNode> over);

    /** What is read for it. */
    List<Path> files();
  }

  /** Starts all and says so; null, with the reason on {@code err}, where that fails. */
  static Running start(Loading loading, boolean sandbox, PrintWriter err)
      throws InterruptedException {
    FileWatch files = new FileWatch(loading::files);
    Loaded plain = loading.load(Map.of());
    files.acknowledge(); // now that it is known which they are
    Vertx vertx = sandbox ? Vertx.vertx() : null;
    try {
      Map<String, JsonNode> over =
          sandbox ? simulation(plain.settings(), vertx) : Map.<String, JsonNode>of();
      Loaded loaded = sandbox ? loading.load(over) : plain;
      Mounts mounts = Mounts.standard(loaded.settings());
      Gateway gateway = await(start(loaded, mounts), START_SECONDS);
      mounts.unconfigured().forEach(missing -> err.println("Not configured: " + missing));
      Running running = new Running(gateway, vertx);
      Reloader.Source source = () -> loading.load(over);
      running.listen(
          new Reloader(gateway, loaded, source, files, Mounts::standard),
          Path.of(loaded.settings().data()));
      running.greet(err);
      return running;
    } catch (ExecutionException | TimeoutException | InvalidConfiguration e) {
      Throwable cause = e instanceof ExecutionException ? e.getCause() : e;
      LOG.debug("start failed", cause);
      err.println("Sluice did not start: " + cause.getMessage());
      if (vertx != null) vertx.close();
      return null;
    }
  }

  private static Future<Gateway> start(Loaded loaded, Mounts mounts) {
    try {
      return Gateway.start(loaded.settings(), mounts);
    } catch (InvalidConfiguration e) {
      throw loaded.placed(e);
    }
  }

  /** For signals, for {@code sluice reload}, and for changes of the files. */
  private void listen(Reloader reloader, Path data) {
    Runtime.getRuntime().addShutdownHook(new Thread(this::stop, "shutdown"));
    Signals.on("TERM", this::end);
    Signals.on("INT", this::end);
    Signals.on("HUP", () -> work.execute(() -> reloader.reload("SIGHUP")));
    control =
        ControlSocket.open(
            data,
            Map.of(
                "reload", about -> reloader.reload("sluice reload"),
                "token", this::token,
                "sealed", this::sealed));
    work.scheduleWithFixedDelay(
        reloader::reloadChangedFiles, LOOK_MILLIS, LOOK_MILLIS, TimeUnit.MILLISECONDS);
  }

  /** For {@code sluice token}; asked in JSON. */
  private ControlSocket.Outcome token(String wish) {
    return answer(() -> gateway.token(TokenWish.parse(wish)));
  }

  /** For {@code sluice keyset drop}: how many secrets are sealed with the keys of these names. */
  private ControlSocket.Outcome sealed(String names) {
    return answer(
        () -> {
          List<Keyset.Key> keys = Arrays.stream(names.split(" ")).map(Keyset.Key::named).toList();
          return gateway.sealedWith(keys).map(Object::toString);
        });
  }

  private static ControlSocket.Outcome answer(Supplier<Future<String>> asked) {
    try {
      return new ControlSocket.Outcome(true, await(asked.get(), ANSWER_SECONDS));
    } catch (ExecutionException e) {
      return new ControlSocket.Outcome(false, e.getCause().getMessage());
    } catch (TimeoutException e) {
      return new ControlSocket.Outcome(false, "It took too long; see the gateway's log.");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new ControlSocket.Outcome(false, "The gateway is shutting down.");
    }
  }

  private void greet(PrintWriter err) {
    long millis = System.currentTimeMillis() - ManagementFactory.getRuntimeMXBean().getStartTime();
    String url = "http://localhost:" + gateway.port();
    LOG.info("Sluice {} is ready on {} after {} ms", Main.version(), url, millis);
    String ready = "Sluice " + Main.version() + " is ready on " + url + " after " + millis + " ms";
    err.println(ready + "; try " + url + "/docs");
  }

  /** The first signal ends the process in order, the second at once. */
  private void end() {
    if (!stopping.compareAndSet(false, true)) Runtime.getRuntime().halt(1);
    new Thread(() -> System.exit(0), "end").start();
  }

  /** Settings that put a simulation in the place of every provider. */
  private static Map<String, JsonNode> simulation(Settings settings, Vertx vertx)
      throws InterruptedException, ExecutionException, TimeoutException {
    SandboxSettings where = settings.sandbox();
    if (where.port() != 0 && where.port() == settings.server().port()) {
      throw new InvalidConfiguration(
          "server.port and sandbox.port are both " + where.port() + "; change one of them");
    }
    Sandbox sandbox =
        await(Sandbox.start(vertx, where.host(), where.port(), where.smtpPort()), START_SECONDS);
    Map<String, JsonNode> over = new HashMap<>(mail(settings, sandbox));
    over.put("/providers/twitch/apiUrl", TextNode.valueOf(sandbox.url()));
    simulate(over, "twitch", sandbox, Sandbox.TWITCH_CLIENT_ID, Sandbox.TWITCH_CLIENT_SECRET);
    simulate(over, "google", sandbox, Sandbox.GOOGLE_CLIENT_ID, Sandbox.GOOGLE_CLIENT_SECRET);
    simulate(
        over, "microsoft", sandbox, Sandbox.MICROSOFT_CLIENT_ID, Sandbox.MICROSOFT_CLIENT_SECRET);
    push(over, settings, sandbox);
    over.put("/server/examples", TextNode.valueOf(sandbox.url()));
    if (settings.identity().admins().isEmpty()) {
      over.put("/identity/admins", list(Sandbox.ADMIN));
    }
    if (settings.identity().oauth().redirectUris().isEmpty()) {
      String docs = "http://localhost:" + settings.server().port() + "/docs";
      over.put("/identity/oauth/redirectUris", list(docs, "http://127.0.0.1/callback"));
    }
    return over;
  }

  /** Its push service is neither on https nor public. */
  private static void push(Map<String, JsonNode> over, Settings settings, Sandbox sandbox) {
    if (settings.push().subject().isEmpty()) {
      over.put("/push/subject", TextNode.valueOf(Sandbox.PUSH_SUBJECT));
    }
    List<String> allow = new ArrayList<>(settings.push().allow());
    allow.addAll(List.of("localhost", sandbox.reachable()));
    over.put("/webhooks/http", BooleanNode.TRUE);
    List<String> receivers = new ArrayList<>(settings.webhooks().allow());
    receivers.addAll(List.of("localhost", "127.0.0.1"));
    over.put("/webhooks/allow", list(receivers.toArray(String[]::new)));
    over.put("/push/http", BooleanNode.TRUE);
    over.put("/push/allow", list(allow.toArray(String[]::new)));
  }

  private static JsonNode list(String... texts) {
    ArrayNode list = JsonNodeFactory.instance.arrayNode();
    for (String text : texts) list.add(text);
    return list;
  }

  private static void simulate(
      Map<String, JsonNode> over, String name, Sandbox sandbox, String id, String secret) {
    String section = "/providers/" + name;
    over.put(section + "/authUrl", TextNode.valueOf(sandbox.url()));
    over.put(section + "/clientId", TextNode.valueOf(id));
    over.put(section + "/clientSecret", TextNode.valueOf(secret));
  }

  private static Map<String, JsonNode> mail(Settings settings, Sandbox sandbox) {
    String from = settings.providers().smtp().from();
    return Map.of(
        "/providers/smtp/host",
        TextNode.valueOf(sandbox.reachable()),
        "/providers/smtp/port",
        IntNode.valueOf(sandbox.smtpPort()),
        "/providers/smtp/security",
        TextNode.valueOf("starttls"),
        "/providers/smtp/verify",
        BooleanNode.FALSE,
        "/providers/smtp/ca",
        TextNode.valueOf(""),
        "/providers/smtp/username",
        TextNode.valueOf(Sandbox.SMTP_USERNAME),
        "/providers/smtp/password",
        TextNode.valueOf(Sandbox.SMTP_PASSWORD),
        "/providers/smtp/from",
        TextNode.valueOf(from.isEmpty() ? "Sluice <no-reply@sluice.test>" : from));
  }

  /** The shutdown hook: a gateway that could close ends the process with 0, not with 128 + n. */
  private void stop() {
    stopping.set(true);
    int code = 0;
    try {
      work.shutdownNow();
      if (control != null) control.close();
      long seconds = gateway.longestDrain().plus(CLOSING).toSeconds();
      await(gateway.close(), seconds);
      if (sandboxVertx != null) await(sandboxVertx.close(), CLOSING.toSeconds());
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
