package dev.sluice.identity.signin;

import static dev.sluice.harness.RunningGateway.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.harness.RunningGateway;
import dev.sluice.harness.Sql;
import dev.sluice.identity.signin.BadInput.Row;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.client.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What is no address, no code or no request is refused, and says what to do. */
class BadInputIT {
  private static final String REQUEST = "{\"email\":\"ada@example.com\"}";
  private static final String VERIFY = "{\"code\":\"123456\",\"email\":\"ada@example.com\"}";
  private static final String LOGIN =
      "{\"password\":\"correct horse battery\",\"email\":\"ada@example.com\"}";
  private static RunningGateway gateway;
  private static Asking ask;
  private static Sql sql;

  @BeforeAll
  static void start() {
    gateway = new RunningGateway(Asking.SETTINGS);
    ask = new Asking(gateway);
    sql = Sql.of(gateway);
  }

  @AfterAll
  static void stop() {
    sql.close();
    gateway.close();
  }

  @Test
  void noCodeIsSentForWhatIsNoAddress() {
    refuses(
        "/auth/request-otp",
        List.of(
            BadInput.bodies(REQUEST),
            BadInput.with(REQUEST, "email", BadInput.ADDRESSES),
            BadInput.mistyped(REQUEST, "email")));
    assertEquals(
        List.of("0"), sql.rows("SELECT count(*) FROM codes WHERE email <> 'last@example.com'"));
    ask.code("last@example.com");
    ask.mailed("last@example.com", 1);
    JsonObject mails = gateway.control(HttpMethod.GET, "/mail/messages", null);
    assertEquals(1, mails.getJsonArray("messages").size());
  }

  @Test
  void nobodySignsInByWhatIsNoCode() {
    refuses(
        "/auth/verify-otp",
        List.of(
            BadInput.bodies(VERIFY),
            BadInput.with(VERIFY, "email", BadInput.ADDRESSES),
            BadInput.with(VERIFY, "code", BadInput.CODES),
            BadInput.mistyped(VERIFY, "email"),
            BadInput.mistyped(VERIFY, "code")));
  }

  @Test
  void nobodySignsInByWhatIsNoPassword() {
    refuses(
        "/api/v1/auth/login",
        List.of(
            BadInput.bodies(LOGIN),
            BadInput.with(LOGIN, "email", BadInput.ADDRESSES),
            BadInput.with(LOGIN, "password", List.of("", "x".repeat(1025))),
            BadInput.mistyped(LOGIN, "email"),
            BadInput.mistyped(LOGIN, "password")));
  }

  private static void refuses(String uri, List<Stream<Row>> rows) {
    List<String> wrong = new ArrayList<>();
    List<Row> all = rows.stream().flatMap(s -> s).toList();
    for (Row row : all) {
      HttpResponse<Buffer> answer = send(uri, row);
      String fault = fault(uri, row, answer);
      if (fault != null) wrong.add(row + " -> " + fault);
    }
    assertTrue(all.size() > 40, all.size() + " rows");
    assertEquals("", String.join("\n", wrong));
  }

  private static HttpResponse<Buffer> send(String uri, Row row) {
    List<String> headers = new ArrayList<>(List.of("X-Forwarded-For", ask.client()));
    if (!row.type().isEmpty()) headers.addAll(List.of("Content-Type", row.type()));
    return await(
        gateway.sendAsync(HttpMethod.POST, uri, row.body(), headers.toArray(String[]::new)));
  }

  private static String fault(String uri, Row row, HttpResponse<Buffer> answer) {
    boolean flat = uri.startsWith("/api/v1/");
    int status = flat && row.status() == 400 ? 422 : row.status();
    String text = answer.statusCode() + " " + answer.bodyAsString();
    if (answer.statusCode() != status || !answer.cookies().isEmpty()) return text;
    JsonObject error = flat ? answer.bodyAsJsonObject() : RunningGateway.error(answer);
    if (error == null || !row.code().equals(error.getString("code"))) return text;
    if (error.getString("message", "").isEmpty()) return text;
    return flat || error.containsKey("suggestion") ? null : text; // seed 002 has none
  }
}
