package dev.sluice.sandbox.push;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.interaso.webpush.VapidKeys;
import com.interaso.webpush.WebPush;
import dev.sluice.sandbox.Reply;
import dev.sluice.sandbox.RunningSandbox;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The simulator takes what a real library makes, and nothing less. */
class PushServiceTest {
  @RegisterExtension static final RunningSandbox sandbox = new RunningSandbox();

  private static final HttpClient CLIENT = HttpClient.newHttpClient();
  private static final VapidKeys KEYS = VapidKeys.generate();

  private final WebPush library = new WebPush("mailto:ops@example.com", KEYS);
  private JsonObject browser;

  @BeforeEach
  void subscribe() {
    browser = sandbox.send("POST", "/push/subscriptions", "{}").json();
  }

  private static byte[] bytes(String text) {
    return Base64.getUrlDecoder().decode(text);
  }

  private byte[] encrypted(String text) {
    JsonObject keys = browser.getJsonObject("keys");
    return library.getBody(
        text.getBytes(StandardCharsets.UTF_8),
        bytes(keys.getString("p256dh")),
        bytes(keys.getString("auth")));
  }

  private Map<String, String> headers() {
    Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    headers.putAll(
        library.getHeaders(browser.getString("endpoint"), 60, "topic", WebPush.Urgency.High));
    return headers;
  }

  private int push(Map<String, String> headers, byte[] body) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(browser.getString("endpoint")))
            .POST(HttpRequest.BodyPublishers.ofByteArray(body));
    headers.forEach(request::header);
    try {
      return CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofString()).statusCode();
    } catch (IOException e) {
      throw new AssertionError(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  private Reply messages() {
    return sandbox.send(
        "GET", "/push/messages?subscription=" + browser.getString("endpoint"), null);
  }

  @Test
  void whatTheLibraryMakesIsReadByTheBrowser() {
    assertEquals(201, push(headers(), encrypted("{\"n\":1}")));
    JsonObject got = messages().json().getJsonArray("messages").getJsonObject(0);
    assertEquals(1, got.getJsonObject("payload").getInteger("n"));
    assertEquals("high", got.getString("urgency"));
    assertEquals("topic", got.getString("topic"));
    assertEquals(60, got.getInteger("ttl"));
  }

  @Test
  void aNewerOneOfATopicTakesThePlaceOfTheOlder() {
    push(headers(), encrypted("one"));
    push(headers(), encrypted("two"));
    Map<String, String> other = headers();
    other.put("Topic", "another");
    push(other, encrypted("three"));
    assertEquals(2, messages().json().getJsonArray("messages").size());
    assertTrue(messages().body().contains("\"two\""));
  }

  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      value = {
        "TTL, -, 400",
        "TTL, -1, 400",
        "TTL, soon, 400",
        "Urgency, urgent, 400",
        "Urgency, HIGH, 400",
        "Topic, a b, 400",
        "Topic, aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa, 400",
        "Content-Encoding, -, 400",
        "Content-Encoding, aesgcm, 400",
        "Authorization, -, 401",
        "Authorization, Bearer x, 401",
        "Authorization, 'vapid t=a.b.c, k=d', 401",
      })
  void aFieldThatIsNotAsItMustBeIsRefused(String field, String value, int status) {
    Map<String, String> headers = headers();
    if (value == null) headers.remove(field);
    else headers.put(field, value);
    assertEquals(status, push(headers, encrypted("x")));
  }

  private Map<String, String> with(WebPush by, String audience, int seconds) {
    Map<String, String> headers = headers();
    String key =
        Base64.getUrlEncoder().withoutPadding().encodeToString(KEYS.getApplicationServerKey());
    headers.put("Authorization", "vapid t=" + by.getToken(audience, seconds) + ", k=" + key);
    return headers;
  }

  @Test
  void aTokenIsHeldToRfc8292() {
    String origin = sandbox.sandbox().url();
    byte[] body = encrypted("x");
    assertEquals(201, push(with(library, origin, 86_400), body));
    assertEquals(401, push(with(library, origin, 86_500), body), "too long");
    assertEquals(401, push(with(library, origin, -10), body), "expired");
    assertEquals(401, push(with(library, "https://push.example", 3600), body), "audience");
    assertEquals(401, push(with(library, origin + "/", 3600), body), "audience");
    WebPush other = new WebPush("mailto:ops@example.com", VapidKeys.generate());
    assertEquals(401, push(with(other, origin, 3600), body), "signature");
    WebPush nobody = new WebPush("mailto:nobody", KEYS);
    assertEquals(401, push(with(nobody, origin, 3600), body), "subject");
  }

  @Test
  void aBodyThatIsTooLongOrNotForThisBrowserIsRefused() {
    assertEquals(201, push(headers(), encrypted("x".repeat(3993))));
    assertEquals(413, push(headers(), encrypted("x".repeat(3994))));
    assertEquals(400, push(headers(), new byte[0]));
    byte[] others = encrypted("x");
    subscribe();
    assertEquals(400, push(headers(), others));
  }

  @Test
  void whatWasSubscribedForAnotherKeyIsRefused() {
    JsonObject bound = new JsonObject().put("applicationServerKey", "BAAA");
    browser = sandbox.send("POST", "/push/subscriptions", bound.encode()).json();
    assertEquals(403, push(headers(), encrypted("x")));
  }

  @Test
  void whatIsDeletedIsNotFound() {
    String query = "?subscription=" + browser.getString("endpoint");
    assertEquals(204, sandbox.send("DELETE", "/push/subscriptions" + query, null).status());
    assertEquals(404, push(headers(), encrypted("x")));
    assertEquals(404, messages().status());
    assertEquals(404, sandbox.send("DELETE", "/push/subscriptions" + query, null).status());
  }

  @Test
  void faultsAreAsItWouldSayThem() {
    JsonObject fault = new JsonObject().put("provider", "push").put("status", 429).put("times", 1);
    sandbox.control("POST", "/faults", fault);
    Reply refused = sandbox.send("POST", "/push/subscriptions", "{}");
    assertEquals(429, refused.status());
    assertEquals("1", refused.header("retry-after"));
    assertEquals(400, sandbox.send("POST", "/push/subscriptions", "[]").status());
  }
}
