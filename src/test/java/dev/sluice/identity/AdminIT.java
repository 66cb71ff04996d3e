package dev.sluice.identity;

import static dev.sluice.harness.RunningGateway.await;
import static dev.sluice.harness.RunningGateway.error;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.harness.RunningGateway;
import dev.sluice.harness.Sql;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.client.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Users as they and administrators see and change them, and what is written down of it. */
class AdminIT {
  private static RunningGateway gateway;
  private static Sql sql;
  private static Person admin;

  @BeforeAll
  static void start() {
    gateway =
        new RunningGateway(
            Map.of(
                "SLUICE_APPS", "identity,traffic,studio,notebook",
                "SLUICE_IDENTITY_CODES_PERIP", "1000"),
            "identity: { admins: [Root@Example.com], roles: { support: [\"users:read\"] } }\n");
    sql = Sql.of(gateway);
    admin = Person.signedIn(gateway, "root@example.com");
  }

  @AfterAll
  static void stop() {
    sql.close();
    gateway.close();
  }

  private static Person someone(String name) {
    return Person.signedIn(gateway, name + "@example.com");
  }

  private static HttpResponse<Buffer> put(Person by, Person whom, String what, Object value) {
    String name = what.equals("active") ? "isActive" : what;
    String path = "/admin/users/" + whom.user.getString("id") + "/" + what;
    return by.send(HttpMethod.PUT, path, new JsonObject().put(name, value));
  }

  @Test
  void onlyAdministratorsAdminister() {
    Person ada = someone("plain");
    for (String path : List.of("/admin/users", "/admin/audit", "/test/email")) {
      HttpResponse<Buffer> refused = ada.get(path);
      assertEquals("FORBIDDEN", error(refused).getString("code"), path);
      assertEquals(401, gateway.get(path).statusCode(), path);
    }
    assertEquals(
        "FORBIDDEN", error(put(ada, ada, "roles", new JsonArray().add("admin"))).getString("code"));
  }

  @Test
  void aUserSaysWhatConcernsTheUserAlone() {
    Person ada = someone("patches");
    JsonObject wish =
        new JsonObject(
            "{\"profile\":{\"firstName\":\"Ada\",\"preferences\":{\"theme\":\"dark\"}}}");
    JsonObject user = ada.send(HttpMethod.PATCH, "/users/me", wish).bodyAsJsonObject();
    assertEquals("Ada", user.getJsonObject("profile").getString("firstName"));
    JsonObject preferences = user.getJsonObject("profile").getJsonObject("preferences");
    assertEquals("dark", preferences.getString("theme"));
    assertEquals("en", preferences.getString("language"));
    wish = new JsonObject("{\"profile\":{\"preferences\":{\"language\":\"fr-CA\"}}}");
    user = ada.send(HttpMethod.PATCH, "/users/me", wish).bodyAsJsonObject();
    preferences = user.getJsonObject("profile").getJsonObject("preferences");
    assertEquals("dark", preferences.getString("theme"));
    assertEquals("fr-CA", preferences.getString("language"));
    assertEquals("{\"tier\":\"free\"}", ada.get("/users/me/tier").bodyAsString());
    for (String bad :
        List.of(
            "{\"tier\":\"premium\"}",
            "{\"profile\":{\"roles\":[\"admin\"]}}",
            "{\"profile\":{\"avatar\":\"javascript:alert(1)\"}}",
            "{\"profile\":{\"preferences\":{\"theme\":\"pink\"}}}",
            "{\"profile\":{\"firstName\":\"" + "x".repeat(101) + "\"}}",
            "{\"profile\":[]}",
            "[]")) {
      HttpResponse<Buffer> refused =
          gateway.send(
              HttpMethod.PATCH,
              "/users/me",
              Buffer.buffer(bad),
              "Authorization",
              "Bearer " + ada.accessToken,
              "Content-Type",
              "application/json");
      assertEquals(400, refused.statusCode(), bad + refused.bodyAsString());
    }
  }

  @Test
  void aChangeOfRolesCountsAtOnceWithTheSameToken() {
    Person ada = someone("support");
    String id = ada.user.getString("id");
    assertFalse(await(gateway.gateway().identity().verifyPermission(id, "users:read")));
    assertEquals(200, put(admin, ada, "roles", new JsonArray().add("support")).statusCode());
    assertTrue(await(gateway.gateway().identity().verifyPermission(id, "users:read")));
    assertEquals(403, ada.get("/admin/users").statusCode());
    put(admin, ada, "roles", new JsonArray().add("support").add("admin"));
    assertEquals(200, ada.get("/admin/users").statusCode());
    put(admin, ada, "roles", new JsonArray());
    assertEquals(403, ada.get("/admin/users").statusCode());
    assertFalse(await(gateway.gateway().identity().verifyPermission(id, "users:read")));
    assertEquals(400, put(admin, ada, "roles", new JsonArray().add("A B")).statusCode());
    assertEquals(400, put(admin, ada, "tier", "gold").statusCode());
    assertEquals(
        "premium", put(admin, ada, "tier", "premium").bodyAsJsonObject().getString("tier"));
    assertEquals("{\"tier\":\"premium\"}", ada.get("/users/me/tier").bodyAsString());
  }

  @Test
  void whoIsKeptOutIsOutAtOnceAndStaysOut() {
    Person ada = someone("out");
    assertEquals(200, put(admin, ada, "active", false).statusCode());
    assertEquals(401, ada.get("/auth/me").statusCode());
    assertTrue(List.of(401, 403).contains(ada.refresh().statusCode()));
    AssertionError refused = assertThrows(AssertionError.class, () -> someone("out"));
    assertTrue(refused.getMessage().contains("ACCOUNT_DISABLED"), refused.getMessage());
    assertEquals(200, put(admin, ada, "active", true).statusCode());
    someone("out");
    assertEquals("OWN_ACCOUNT", error(put(admin, admin, "active", false)).getString("code"));
    assertEquals(
        "OWN_ACCOUNT", error(put(admin, admin, "roles", new JsonArray())).getString("code"));
  }

  @Test
  void usersAreFoundPageByPage() {
    for (int i = 0; i < 5; i++) someone("paged" + i);
    List<String> seen = new ArrayList<>();
    String cursor = "";
    int pages = 0;
    while (cursor != null) {
      JsonObject page = admin.get("/admin/users?search=paged&limit=2" + cursor).bodyAsJsonObject();
      page.getJsonArray("users").forEach(u -> seen.add(((JsonObject) u).getString("email")));
      String next = page.getString("nextCursor");
      cursor = next == null ? null : "&cursor=" + next;
      pages++;
    }
    assertEquals(3, pages);
    assertEquals(
        List.of(
            "paged4@example.com",
            "paged3@example.com",
            "paged2@example.com",
            "paged1@example.com",
            "paged0@example.com"),
        seen);
    assertEquals(
        0,
        admin.get("/admin/users?search=paged%25x").bodyAsJsonObject().getJsonArray("users").size());
    assertEquals(400, admin.get("/admin/users?cursor=x").statusCode());
    assertEquals(404, admin.get("/admin/users/0a0a0a0a-0000-4000-8000-000000000000").statusCode());
  }

  @Test
  void whatHasHappenedIsWrittenDownAndCannotBeChanged() {
    Person ada = someone("audited");
    String id = ada.user.getString("id");
    put(admin, ada, "tier", "enterprise");
    ada.post(
        "/auth/verify-otp",
        new JsonObject().put("email", "audited@example.com").put("code", "000000"));
    ada.post("/auth/logout", null);
    JsonArray own =
        admin.get("/admin/audit?userId=" + id).bodyAsJsonObject().getJsonArray("entries");
    assertEquals(List.of("session.end", "session.open", "session.open"), actions(own));
    assertEquals("failure", own.getJsonObject(1).getString("result"));
    JsonObject opened = own.getJsonObject(2);
    assertEquals("success", opened.getString("result"));
    assertEquals("127.0.0.1", opened.getString("ipAddress"));
    assertEquals("code", opened.getJsonObject("details").getString("method"));
    JsonObject tier =
        admin
            .get("/admin/audit?action=user.tier&limit=1")
            .bodyAsJsonObject()
            .getJsonArray("entries")
            .getJsonObject(0);
    assertEquals(admin.user.getString("id"), tier.getString("userId"));
    assertEquals(id, tier.getString("resourceId"));
    JsonArray failed =
        admin
            .get("/admin/audit?result=failure&action=session.open")
            .bodyAsJsonObject()
            .getJsonArray("entries");
    assertEquals(
        "INVALID_CODE", failed.getJsonObject(0).getJsonObject("details").getString("code"));
    assertEquals(
        0,
        admin
            .get("/admin/audit?to=2020-01-01T00:00:00Z")
            .bodyAsJsonObject()
            .getJsonArray("entries")
            .size());
    assertEquals(400, admin.get("/admin/audit?from=yesterday").statusCode());

    for (String change :
        List.of(
            "UPDATE audit_logs SET action = 'x'",
            "UPDATE audit_logs SET user_id = NULL",
            "DELETE FROM audit_logs",
            "TRUNCATE audit_logs")) {
      AssertionError refused = assertThrows(AssertionError.class, () -> sql.update(change));
      assertTrue(refused.getMessage().contains("append-only"), change);
    }
    try (Sql app = Sql.of(gateway)) { // as the gateway's own pool is
      app.update("SET ROLE sluice_app");
      for (String change :
          List.of(
              "UPDATE audit_logs SET action = 'x'",
              "DELETE FROM audit_logs",
              "TRUNCATE audit_logs",
              "ALTER TABLE audit_logs DISABLE TRIGGER ALL",
              "DROP TABLE audit_logs")) {
        String refused = assertThrows(AssertionError.class, () -> app.update(change)).getMessage();
        assertTrue(refused.contains("permission denied") || refused.contains("owner"), refused);
      }
    }
  }

  private static List<String> actions(JsonArray entries) {
    return entries.stream().map(e -> ((JsonObject) e).getString("action")).toList();
  }

  @Test
  void theAuditLogIsAFileToo() {
    someone("filed");
    sql.update(
        "INSERT INTO audit_logs (id, action, resource, result, user_agent, \"timestamp\")"
            + " SELECT gen_random_uuid(), 'test.many', 'test', 'success', '=cmd|\"x\",y', now()"
            + " FROM generate_series(1, 1234)");
    HttpResponse<Buffer> file = admin.get("/admin/audit?format=csv&action=test.many");
    assertEquals(200, file.statusCode());
    assertTrue(file.getHeader("content-type").startsWith("text/csv"));
    assertTrue(file.getHeader("content-disposition").contains("audit.csv"));
    String[] lines = file.bodyAsString().split("\r\n");
    assertEquals(1235, lines.length);
    assertTrue(lines[0].startsWith("id,timestamp,userId"));
    assertTrue(lines[1].contains(",\"'=cmd|\"\"x\"\",y\","), lines[1]);
  }

  @Test
  void whoAsksToBeForgottenIsAndIsToldWhatWas() {
    Person ada = someone("forgotten");
    String id = ada.user.getString("id");
    ada.post(
        "/api/v1/auth/login",
        new JsonObject().put("email", "forgotten@example.com").put("password", "wrong"));
    ada.post("/api/v1/notes?book=" + id, new JsonObject().put("text", "mine"));
    ada.post("/api/v1/notes?book=" + id, new JsonObject().put("text", "mine, too"));
    JsonObject said = ada.send(HttpMethod.DELETE, "/users/me", null).bodyAsJsonObject();
    assertEquals(2, said.getJsonObject("deleted").getJsonObject("notebook").getInteger("notes"));
    JsonObject own = said.getJsonObject("deleted").getJsonObject("identity");
    assertEquals(1, own.getInteger("users"), said.encode());
    assertEquals(1, own.getInteger("sessions"), said.encode());
    assertTrue(
        said.getJsonObject("anonymised").getJsonObject("identity").getInteger("audit_logs") >= 1,
        said.encode());
    assertEquals(401, ada.get("/auth/me").statusCode());
    assertEquals(401, ada.refresh().statusCode());
    assertEquals(404, admin.get("/admin/users/" + id).statusCode());
    for (String table : sql.rows("SELECT tablename FROM pg_tables WHERE schemaname = 'identity'")) {
      List<String> left =
          sql.rows("SELECT t::text FROM " + table + " t WHERE t::text LIKE '%forgotten@%'");
      assertEquals(List.of(), left, table);
    }
    assertEquals(List.of(), sql.rows("SELECT id FROM audit_logs WHERE user_id::text = ?", id));
    someone("forgotten");
  }

  @Test
  void anAdministratorRemovesAndProvesTheMail() {
    Person ada = someone("removed");
    String path = "/admin/users/" + ada.user.getString("id");
    assertEquals(200, admin.send(HttpMethod.DELETE, path, null).statusCode());
    assertEquals(401, ada.get("/auth/me").statusCode());
    assertEquals(404, admin.send(HttpMethod.DELETE, path, null).statusCode());
    JsonObject sent = admin.get("/test/email").bodyAsJsonObject();
    assertEquals(true, sent.getBoolean("sent"));
    assertEquals("root@example.com", sent.getString("to"));
    assertEquals(
        "Outgoing mail works",
        Person.mails(gateway, "root@example.com").getJsonObject(0).getString("subject"));
    assertEquals(400, admin.get("/test/email?to=a@b.c,d@e.f").statusCode());
    assertEquals(502, admin.get("/test/email?to=bounce@example.com").statusCode());
  }
}
