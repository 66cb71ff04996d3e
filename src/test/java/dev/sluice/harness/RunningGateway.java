package dev.sluice.harness;

import dev.sluice.Gateway;
import dev.sluice.Mounts;
import dev.sluice.Settings;
import dev.sluice.app.App;
import dev.sluice.sandbox.Sandbox;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.client.HttpResponse;
import io.vertx.ext.web.client.WebClient;
import io.vertx.ext.web.client.WebClientOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** A gateway over its own data directory and sandbox, and a client to talk to both. */
public final class RunningGateway implements AutoCloseable {
  private static final long HANG_SECONDS = 60;

  private final Vertx vertx = Vertx.vertx();
  private final WebClient client =
      WebClient.create(
          vertx,
          new WebClientOptions().setDecompressionSupported(false),
          new PoolOptions().setHttp1MaxSize(256));
  private final List<App> more;
  private final Path data;
  private final Path file;
  private final Map<String, String> environment = new HashMap<>();
  private Sandbox sandbox; // until it is closed: the classes of tests stay, and what they hold
  private Gateway gateway;
  public final Notebook notebook = new Notebook();

  /** Starts one; settings as {@code SLUICE_SECTION_KEY} variables. */
  public RunningGateway(Map<String, String> settings) {
    this(settings, "");
  }

  /** The same with more of a configuration file. */
  public RunningGateway(Map<String, String> settings, String yaml) {
    this(settings, yaml, List.of());
  }

  /** The same with more apps, which the settings must name. */
  public RunningGateway(Map<String, String> settings, String yaml, List<App> more) {
    this.more = List.copyOf(more);
    data = Scratch.directory();
    DataTemplate.copyTo(data);
    sandbox = await(Sandbox.start(vertx, "127.0.0.1", 0));
    environment.put("SLUICE_SERVER_HOST", "127.0.0.1");
    environment.put("SLUICE_SERVER_PORT", "0");
    environment.put("SLUICE_DATA", data.toString());
    environment.put("SLUICE_OBSERVE_ACCESSLOG", "false");
    environment.put("SLUICE_APPS", "identity,traffic,studio,notebook");
    LimitsAside.put(environment);
    environment.put("SLUICE_SERVER_EXAMPLES", sandbox.url());
    environment.put("SLUICE_PROVIDERS_TWITCH_APIURL", sandbox.url());
    environment.put("SLUICE_PROVIDERS_TWITCH_AUTHURL", sandbox.url());
    environment.put("SLUICE_PROVIDERS_TWITCH_CLIENTID", Sandbox.TWITCH_CLIENT_ID);
    environment.put("SLUICE_PROVIDERS_TWITCH_CLIENTSECRET", Sandbox.TWITCH_CLIENT_SECRET);
    environment.put("SLUICE_PROVIDERS_GOOGLE_AUTHURL", sandbox.url());
    environment.put("SLUICE_PROVIDERS_GOOGLE_CLIENTID", Sandbox.GOOGLE_CLIENT_ID);
    environment.put("SLUICE_PROVIDERS_GOOGLE_CLIENTSECRET", Sandbox.GOOGLE_CLIENT_SECRET);
    environment.put("SLUICE_PROVIDERS_MICROSOFT_AUTHURL", sandbox.url());
    environment.put("SLUICE_PROVIDERS_MICROSOFT_CLIENTID", Sandbox.MICROSOFT_CLIENT_ID);
    environment.put("SLUICE_PROVIDERS_MICROSOFT_CLIENTSECRET", Sandbox.MICROSOFT_CLIENT_SECRET);
    environment.put("SLUICE_PROVIDERS_SMTP_HOST", "127.0.0.1");
    environment.put("SLUICE_PROVIDERS_SMTP_PORT", Integer.toString(sandbox.smtpPort()));
    environment.put("SLUICE_PROVIDERS_SMTP_VERIFY", "false");
    environment.put("SLUICE_PROVIDERS_SMTP_USERNAME", Sandbox.SMTP_USERNAME);
    environment.put("SLUICE_PROVIDERS_SMTP_PASSWORD", Sandbox.SMTP_PASSWORD);
    environment.put("SLUICE_PROVIDERS_SMTP_FROM", "Sluice <no-reply@sluice.test>");
    environment.putAll(settings);
    file = data.resolve("overlay.yaml");
    String tight =
        "limits:\n  tight: { ip: { requests: 3, window: 1h } }\n"; // of notebook's contract
    write(yaml.contains("limits:") ? yaml : tight + yaml);
    Settings loaded = Settings.load(file, environment, Map.of());
    gateway = await(Gateway.start(loaded, mounts(loaded)));
  }

  /** The standard ones, and notebook. */
  public Mounts mounts(Settings settings) {
    Mounts standard = Mounts.standard(settings);
    List<App> apps = new ArrayList<>(standard.apps());
    apps.add(notebook);
    apps.addAll(more);
    return new Mounts(apps, standard.upstreams());
  }

  /** Another configuration file in the place of the one it was started with. */
  public void write(String yaml) {
    try {
      Files.writeString(file, yaml);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Its configuration file. */
  public Path file() {
    return file;
  }

  /** The variables it was started with. */
  public Map<String, String> environment() {
    return environment;
  }

  public int port() {
    return gateway.port();
  }

  public int tlsPort() {
    return gateway.tlsPort();
  }

  public Gateway gateway() {
    return gateway;
  }

  /** The process of its Redis. */
  public ProcessHandle redis() {
    return ProcessHandle.allProcesses()
        .filter(p -> p.info().command().orElse("").startsWith(data.toString()))
        .filter(p -> p.info().command().orElse("").contains("redis"))
        .findFirst()
        .orElseThrow();
  }

  /** One of its metrics, by name and labels. */
  public double metric(String name) {
    return get("/metrics")
        .bodyAsString()
        .lines()
        .filter(line -> line.startsWith(name + " "))
        .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
        .findFirst()
        .orElseThrow();
  }

  public Vertx vertx() {
    return vertx;
  }

  public Path data() {
    return data;
  }

  public HttpResponse<Buffer> get(String uri, String... headers) {
    return send(HttpMethod.GET, uri, null, headers);
  }

  public HttpResponse<Buffer> send(HttpMethod method, String uri, Buffer body, String... headers) {
    return await(sendAsync(method, uri, body, headers));
  }

  public Future<HttpResponse<Buffer>> sendAsync(
      HttpMethod method, String uri, Buffer body, String... headers) {
    var request = client.request(method, gateway.port(), "127.0.0.1", uri);
    for (int i = 0; i < headers.length; i += 2) request.putHeader(headers[i], headers[i + 1]);
    return body == null ? request.send() : request.sendBuffer(body);
  }

  /** How often the sandbox was asked for an operation of Twitch. */
  public int upstreamCalls(String operation) {
    return calls("operations").getInteger(operation);
  }

  /** How often the gateway gave such a call up. */
  public int upstreamAborts(String operation) {
    return calls("aborted").getInteger(operation);
  }

  /** How many calls the sandbox is answering just now. */
  public int inFlight() {
    return control(HttpMethod.GET, "/control/calls", null)
        .getJsonObject("providers")
        .getJsonObject("twitch")
        .getInteger("inFlight");
  }

  private JsonObject calls(String part) {
    return control(HttpMethod.GET, "/control/calls", null)
        .getJsonObject("providers")
        .getJsonObject("twitch")
        .getJsonObject(part);
  }

  /** A user's own Twitch token. */
  public String token(String login, String... scopes) {
    JsonObject wanted =
        new JsonObject()
            .put("provider", "twitch")
            .put("login", login)
            .put("scopes", new JsonArray(List.of(scopes)));
    return control(HttpMethod.POST, "/control/tokens", wanted).getString("access_token");
  }

  /** Logins of a hundred of Twitch's users: those whom ninja follows. */
  public List<String> logins() {
    String bearer = "Bearer " + token("ninja", "user:read:follows");
    JsonArray follows = data(get("/following?limit=100", "Authorization", bearer));
    return follows.stream()
        .map(follow -> ((JsonObject) follow).getString("broadcaster_login"))
        .toList();
  }

  public void fault(JsonObject fault) {
    control(HttpMethod.POST, "/control/faults", fault.put("provider", "twitch"));
  }

  public void endFaults() {
    control(HttpMethod.DELETE, "/control/faults", null);
  }

  public JsonObject control(HttpMethod method, String path, JsonObject body) {
    var request = client.requestAbs(method, sandbox.url() + path);
    HttpResponse<Buffer> answer =
        await(body == null ? request.send() : request.sendJsonObject(body));
    if (answer.statusCode() >= 300) throw new AssertionError(path + ": " + answer.bodyAsString());
    Buffer bytes = answer.body();
    return bytes == null || bytes.length() == 0 ? new JsonObject() : bytes.toJsonObject();
  }

  public static JsonArray data(HttpResponse<Buffer> answer) {
    return answer.bodyAsJsonObject().getJsonArray("data");
  }

  public static JsonObject error(HttpResponse<Buffer> answer) {
    return answer.bodyAsJsonObject().getJsonObject("error");
  }

  /** Waits for a future on a test's own thread; the time is a guard against a hang. */
  public static <T> T await(Future<T> future) {
    try {
      return future.toCompletionStage().toCompletableFuture().get(HANG_SECONDS, TimeUnit.SECONDS);
    } catch (java.util.concurrent.ExecutionException e) {
      throw new AssertionError(e.getCause());
    } catch (Exception e) {
      throw new AssertionError("no answer in " + HANG_SECONDS + " s", e);
    }
  }

  /** Waits until something is so. */
  public void until(String what, BooleanSupplier condition) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(HANG_SECONDS);
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > end) throw new AssertionError("never: " + what);
      await(vertx.timer(10, TimeUnit.MILLISECONDS));
    }
  }

  @Override
  public void close() {
    client.close(); // or the gateway waits whether it asks for more
    await(gateway.close());
    await(sandbox.close());
    await(vertx.close());
    Scratch.delete(data);
    gateway = null;
    sandbox = null;
  }
}
