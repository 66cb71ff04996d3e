package dev.sluice;

import static dev.sluice.harness.RunningGateway.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.harness.RunningGateway;
import dev.sluice.harness.Sql;
import dev.sluice.identity.Person;
import dev.sluice.store.Keyset;
import dev.sluice.store.KeysetFile;
import dev.sluice.store.Secrets;
import dev.sluice.store.StoreSettings;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.client.HttpResponse;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** Keys that follow each other while the gateway runs, and what the ones before have sealed. */
class ResealIT {
  private static final int CROWD = 450; // more than two pages

  /** All that is sealed in PostgreSQL. */
  private static final List<String> COLUMNS =
      List.of(
          "studio.obs_credentials.sealed",
          "traffic.webhooks.sealed",
          "traffic.webhooks.old_sealed",
          "push.server_key.sealed",
          "push.subscriptions.sealed",
          "identity.signing_keys.sealed");

  private static RunningGateway gateway;
  private static Sql sql;
  private static Person ada;

  @BeforeAll
  static void start() {
    gateway =
        new RunningGateway(
            Map.of(
                "SLUICE_APPS", "identity,traffic,push,studio",
                "SLUICE_PUSH_HTTP", "true",
                "SLUICE_PUSH_ALLOW", "127.0.0.0/8",
                "SLUICE_PUSH_SUBJECT", "mailto:ops@example.com",
                "SLUICE_WEBHOOKS_HTTP", "true",
                "SLUICE_WEBHOOKS_ALLOW", "127.0.0.0/8"));
    sql = Sql.of(gateway);
    ada = Person.signedIn(gateway, "ada@example.com");
  }

  @AfterAll
  static void stop() {
    sql.close();
    gateway.close();
  }

  private static Path file() {
    return gateway.data().resolve(KeysetFile.NAME);
  }

  private static Keyset keys() {
    return new KeysetFile(file()).read();
  }

  /** With {@code sluice keyset}; what it says. */
  private static String keyset(int code, String... words) {
    StringWriter said = new StringWriter();
    CommandLine line = Main.commandLine(Map.of("SLUICE_DATA", gateway.data().toString()));
    line.setOut(new PrintWriter(said)).setErr(new PrintWriter(said));
    String[] all = new String[words.length + 1];
    all[0] = "keyset";
    System.arraycopy(words, 0, all, 1, words.length);
    assertEquals(code, line.execute(all), said::toString);
    return said.toString();
  }

  private static void reload() {
    await(gateway.gateway().reloadKeyset(StoreSettings.defaults()));
  }

  private static void save(String password) {
    JsonObject body = new JsonObject().put("host", "h").put("password", password);
    HttpResponse<Buffer> saved = ada.post("/obs-credentials/save", body);
    assertEquals(200, saved.statusCode(), saved::bodyAsString);
  }

  private static String loaded() {
    HttpResponse<Buffer> answer = ada.get("/obs-credentials/load");
    assertEquals(200, answer.statusCode(), answer::bodyAsString);
    return answer.bodyAsJsonObject().getString("password");
  }

  /** The numbers of the keys that a column is sealed with. */
  private static Set<Integer> sealing(String column) {
    int dot = column.lastIndexOf('.');
    String name = column.substring(dot + 1);
    String hex = "encode(substring(%s FROM 2 FOR 4), 'hex')".formatted(name);
    String where = "%s WHERE %s IS NOT NULL".formatted(column.substring(0, dot), name);
    return sql.rows("SELECT DISTINCT " + hex + " FROM " + where).stream()
        .map(id -> Integer.parseUnsignedInt(id, 16))
        .collect(Collectors.toSet());
  }

  private static void untilSealedBy(int key) {
    for (String column : COLUMNS) {
      gateway.until(column + " is sealed anew", () -> sealing(column).equals(Set.of(key)));
    }
    gateway.until("it says so", () -> gateway.metric("secrets_left") == 0);
  }

  private static void crowd() {
    Secrets secrets = Secrets.of(keys().text());
    for (int i = 0; i < CROWD; i++) {
      byte[] sealed =
          secrets.seal(
              ("{\"host\":\"h\",\"password\":\"" + i + "\"}").getBytes(StandardCharsets.UTF_8),
              "obs crowd " + i);
      sql.update("INSERT INTO studio.obs_credentials VALUES (?, ?)", "crowd " + i, sealed);
    }
  }

  private static void oneOfEach() {
    save("hunter2");
    JsonObject hook =
        new JsonObject()
            .put("url", "http://127.0.0.1:4455/x")
            .put("events", new JsonArray().add("*"));
    HttpResponse<Buffer> made = ada.post("/webhooks", hook);
    assertEquals(201, made.statusCode(), made::bodyAsString);
    String path = "/webhooks/" + made.bodyAsJsonObject().getString("id");
    assertEquals(200, ada.post(path + "/rotate-secret", null).statusCode());
    JsonObject key = gateway.get("/api/push/key").bodyAsJsonObject();
    JsonObject wanted = new JsonObject().put("applicationServerKey", key.getString("publicKey"));
    JsonObject browser = gateway.control(HttpMethod.POST, "/push/subscriptions", wanted);
    assertEquals(201, ada.post("/api/push/subscribe", browser).statusCode());
  }

  @Test
  void keysFollowEachOtherAndNothingIsLost() {
    Keyset first = keys();
    oneOfEach();
    crowd();
    keyset(0, "add");
    reload();
    assertEquals("hunter2", loaded());
    save("hunter3");
    for (String column : COLUMNS) {
      assertEquals(Set.of(first.sealing().id()), sealing(column), "the new one does not seal yet");
    }
    assertTrue(keyset(1, "rotate").contains("promote"));
    keyset(0, "promote");
    int second = keys().sealing().id();
    reload();
    untilSealedBy(second);
    assertEquals(CROWD + 6, gateway.metric("secrets_resealed_total"));
    assertEquals("hunter3", loaded());
    assertTrue(keyset(1, "drop").contains("--force"), "nobody can be asked");
    keyset(0, "drop", "--force");
    assertEquals(List.of(second), keys().keys().stream().map(Keyset.Key::id).toList());
    reload();
    assertEquals("hunter3", loaded());
    keyset(0, "rotate");
    reload();
    untilSealedBy(keys().sealing().id());
    assertEquals(2 * (CROWD + 6), gateway.metric("secrets_resealed_total"));
    assertEquals(200, ada.get("/webhooks").statusCode());
  }

  @Test
  void whatIsListedAreNoKeys() {
    String said = keyset(0, "list");
    assertTrue(said.contains("seals"), said);
    assertTrue(said.lines().allMatch(line -> line.matches("\\d+  [a-z;, ]+")), said);
    String elsewhere = keyset(1, "list", "--data", gateway.data().resolve("none").toString());
    assertTrue(elsewhere.contains("There is no keyset"), elsewhere);
  }
}
