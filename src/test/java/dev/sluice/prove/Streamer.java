package dev.sluice.prove;

import dev.sluice.harness.Talker;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.math.BigInteger;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;

/** Somebody with secrets, and what is done with them: as it should be, and by mistake. */
final class Streamer implements Callable<Void> {
  private static final SecureRandom RANDOM = new SecureRandom();

  private final String name;
  private final Doors doors;
  private final String password = random();
  private final String host = random() + ".example";
  private final byte[] device = device();
  private final List<String> codes = new ArrayList<>();
  private String token;

  /** Where a gateway and its sandbox are met; {@code answers} counts what they say. */
  record Doors(int port, int sandbox, Map<String, Integer> answers) {
    private static final HttpClient HTTP =
        HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    String metrics() throws IOException, InterruptedException {
      return get(port, "/metrics");
    }

    JsonArray mails(String email) throws IOException, InterruptedException {
      return new JsonObject(get(sandbox, "/mail/messages?to=" + email)).getJsonArray("messages");
    }

    private static String get(int port, String path) throws IOException, InterruptedException {
      URI uri = URI.create("http://127.0.0.1:" + port + path);
      return HTTP.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString()).body();
    }
  }

  Streamer(String name, Doors doors) {
    this.name = name;
    this.doors = doors;
  }

  private static String random() {
    return "Q" + new BigInteger(120, RANDOM).setBit(119).toString(36);
  }

  /** Of a UUID's version 4, so that either way of writing it is taken. */
  private static byte[] device() {
    byte[] id = new byte[16];
    RANDOM.nextBytes(id);
    id[6] = (byte) (id[6] & 0x0f | 0x40);
    id[8] = (byte) (id[8] & 0x3f | 0x80);
    return id;
  }

  String password() {
    return password;
  }

  /** Tells those who search what to look for. */
  void tell(Needles needles, Codes all) {
    needles.text(name + "'s password", password);
    needles.text(name + "'s host", host);
    needles.id(name + "'s device", device);
    codes.forEach(code -> all.add(name, code));
  }

  private String hex() {
    return HexFormat.of().formatHex(device);
  }

  private String dashed() {
    return hex().replaceFirst("(.{8})(.{4})(.{4})(.{4})", "$1-$2-$3-$4-");
  }

  @Override
  public Void call() throws Exception {
    signIn();
    keepCredentials();
    mistakeCredentials();
    save();
    inOneRequest();
    onASocket();
    return null;
  }

  private void signIn() throws Exception {
    String email = name + "@example.com";
    String address = new JsonObject().put("email", email).encode();
    ask("POST", "/auth/request-otp", address, 200);
    String code = code(email);
    String wrong = code.charAt(0) == '9' ? "1" + code.substring(1) : "9" + code.substring(1);
    ask("POST", "/auth/verify-otp", verification(email, wrong), 401);
    ask("POST", "/auth/verify-otp", verification(email, code + "x"), 400);
    JsonObject in = new JsonObject(ask("POST", "/auth/verify-otp", verification(email, code), 200));
    token = in.getString("accessToken");
    ask("POST", "/auth/request-otp", address, 200); // and one that is not used
    code(email);
  }

  private static String verification(String email, String code) {
    return new JsonObject().put("email", email).put("code", code).encode();
  }

  private String code(String email) throws Exception {
    JsonArray mails = doors.mails(email);
    while (mails.size() <= codes.size()) mails = doors.mails(email);
    String code = mails.getJsonObject(0).getString("subject").substring(0, 7);
    codes.add(code);
    return code;
  }

  private JsonObject credentials() {
    return new JsonObject().put("host", host).put("port", 4455).put("password", password);
  }

  private void keepCredentials() throws Exception {
    ask("POST", "/obs-credentials/save", credentials().encode(), 200);
    String loaded = ask("GET", "/obs-credentials/load", null, 200);
    if (!loaded.contains(password)) throw new AssertionError("another's: " + loaded);
  }

  private void mistakeCredentials() throws Exception {
    String path = "/obs-credentials/save";
    ask("POST", path, credentials().put("port", password).encode(), 400);
    ask("POST", path, credentials().put("host", password + "/" + host).encode(), 400);
    ask("POST", path, credentials().put(password, host).encode(), 400);
    ask("POST", path, '"' + password + '"', 400);
    ask("POST", path, credentials().encode().replace("}", ""), 400);
    ask("POST", path + "?password=" + password, credentials().encode(), 400);
    ask("GET", "/obs-credentials/load?secret=" + password, null, 400);
    ask("POST", path, credentials().encode(), 200, "Idempotency-Key", UUID.randomUUID().toString());
    ask("POST", path, credentials().encode(), 200, "Prefer", "respond-async");
  }

  private String[] id(String written) {
    return new String[] {"X-Device-Id", written};
  }

  private void save() throws Exception {
    String body = new JsonObject().put("configs", new JsonObject().put("n", 1)).encode();
    ask("POST", "/cloud/save", body, 201, id(dashed()));
    ask("GET", "/cloud/load", null, 200, id(dashed()));
    ask("GET", "/cloud/list", null, 200, id(dashed()));
    String upper = hex().toUpperCase(Locale.ROOT);
    ask(
        "GET",
        "/cloud/load",
        null,
        404,
        id(upper.substring(0, 31) + (upper.endsWith("0") ? 1 : 0)));
    ask("GET", "/cloud/load", null, 400, id(hex() + "0"));
    ask("GET", "/cloud/load", null, 400, id(dashed() + "\t" + dashed()));
    ask("GET", "/cloud/load?deviceId=" + hex(), null, 400, id(dashed()));
    ask("GET", "/cloud/load?X-Device-Id=" + dashed(), null, 400, id(dashed()));
    ask("POST", "/cloud/save", "{\"configs\": 1}", 400, id(dashed()));
    String key = UUID.randomUUID().toString();
    String[] keyed = {"X-Device-Id", dashed(), "Idempotency-Key", key};
    String more = new JsonObject(body).put("slot", "more").encode();
    ask("POST", "/cloud/save", more, 201, keyed);
    ask("POST", "/cloud/save", more, 201, keyed);
    ask("DELETE", "/cloud/delete?slot=more", null, 200, id(dashed()));
    if (name.endsWith("5")) ask("POST", "/cloud-save/claim", null, 200, id(dashed()));
  }

  private void inOneRequest() throws Exception {
    JsonObject device = new JsonObject().put("x-device-id", hex());
    JsonObject bad = credentials().put("port", password);
    JsonArray parts =
        new JsonArray()
            .add(part("a", "POST", "/obs-credentials/save").put("body", credentials()))
            .add(part("b", "GET", "/obs-credentials/load"))
            .add(part("c", "POST", "/obs-credentials/save").put("body", bad))
            .add(part("d", "GET", "/cloud/list").put("headers", device))
            .add(part("e", "GET", "/cloud/load?deviceId=" + hex()).put("headers", device));
    ask("POST", "/batch", new JsonObject().put("requests", parts).encode(), 200);
    parts.add(parts.getJsonObject(0));
    ask("POST", "/batch", new JsonObject().put("requests", parts).encode(), 400);
  }

  private static JsonObject part(String id, String method, String path) {
    return new JsonObject().put("id", id).put("method", method).put("path", path);
  }

  private void onASocket() {
    try (Talker talker = Talker.open(doors.port, "/ws", token)) {
      talker.say("CALL", "1", asked("saveObsCredentials").put("body", credentials())).next("REPLY");
      JsonObject bad = credentials().put("host", password + "!");
      talker.say("CALL", "2", asked("saveObsCredentials").put("body", bad)).next("ERROR");
      talker.say("CALL", "3", asked("loadObsCredentials")).next("REPLY");
      JsonObject device = new JsonObject().put("X-Device-Id", dashed());
      talker.say("CALL", "4", asked("listDevice").put("params", device)).next("REPLY");
      device.put("X-Device-Id", hex() + "0");
      talker.say("CALL", "5", asked("listDevice").put("params", device)).next("ERROR");
      talker.say(password, "6", credentials()).next("ERROR");
      count("a socket's calls");
    }
  }

  private static JsonObject asked(String operation) {
    return new JsonObject().put("operation", operation);
  }

  /** Lays secrets where they will be written down: in a path, and in what a client calls itself. */
  void layAbout() throws Exception {
    signIn();
    String agent = "%s %s code %s".formatted(password, dashed(), codes.get(0));
    ask("GET", "/auth/me", null, 200, "User-Agent", agent);
    ask("GET", "/nowhere/" + password, null, 404, "User-Agent", agent);
    ask("GET", "/obs-credentials/load", null, 404, "User-Agent", agent); // and in the audit log
  }

  /** Secrets as rows of a table, in each form. */
  List<String> statements(String table) {
    byte[] bytes = password.getBytes(StandardCharsets.UTF_8);
    String base64 =
        Base64.getEncoder().encodeToString(("x" + password).getBytes(StandardCharsets.UTF_8));
    String insert = "INSERT INTO " + table;
    return List.of(
        insert + " (said) VALUES ('" + base64 + "')",
        insert + " (said) VALUES ('code " + codes.get(0) + "')",
        insert + " (said) VALUES ('" + hex().toUpperCase(Locale.ROOT) + "')",
        insert + " (bytes) VALUES ('\\x" + HexFormat.of().formatHex(bytes) + "')",
        insert + " (bytes) VALUES ('\\x" + hex() + "')",
        insert + " (id) VALUES ('" + dashed() + "')");
  }

  private String ask(String method, String path, String body, int status, String... headers)
      throws IOException, InterruptedException {
    URI uri = URI.create("http://127.0.0.1:" + doors.port + path);
    HttpRequest.Builder request = HttpRequest.newBuilder(uri);
    if (token != null) request.header("Authorization", "Bearer " + token);
    if (body != null) request.header("Content-Type", "application/json");
    for (int i = 0; i < headers.length; i += 2) request.header(headers[i], headers[i + 1]);
    request.method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
    HttpResponse<String> answer = Doors.HTTP.send(request.build(), BodyHandlers.ofString());
    String what = "%s %s: %d".formatted(method, uri.getPath(), answer.statusCode());
    boolean expected = answer.statusCode() == status || uri.getPath().startsWith("/nowhere");
    count(expected ? what : what + " UNEXPECTED, not " + status);
    return answer.body();
  }

  private void count(String what) {
    String kind = what.startsWith("GET /nowhere") ? "GET /nowhere" : what;
    doors.answers.merge(kind, 1, Integer::sum);
  }
}
