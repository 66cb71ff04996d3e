package dev.sluice.webhook;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.standardwebhooks.Webhook;
import com.standardwebhooks.exceptions.WebhookVerificationException;
import java.net.http.HttpHeaders;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What the reference library says to our signatures. */
class SecretTest {
  private static final String BODY = "{\"type\":\"job.finished\",\"data\":{\"name\":\"Zoë 🎧\"}}";

  private static HttpHeaders headers(String id, long time, String signature) {
    return HttpHeaders.of(
        Map.of(
            "webhook-id", List.of(id),
            "webhook-timestamp", List.of(Long.toString(time)),
            "webhook-signature", List.of(signature)),
        (name, value) -> true);
  }

  @Test
  void theReferenceLibraryTakesIt() throws Exception {
    Secret secret = Secret.fresh();
    long now = Instant.now().getEpochSecond();
    String signature = secret.signature("msg_1", now, BODY);
    Webhook receiver = new Webhook(secret.text());
    receiver.verify(BODY, headers("msg_1", now, signature));
    assertThrows(
        WebhookVerificationException.class,
        () -> receiver.verify(BODY + " ", headers("msg_1", now, signature)));
    assertThrows(
        WebhookVerificationException.class,
        () -> receiver.verify(BODY, headers("msg_2", now, signature)));
    assertThrows(
        WebhookVerificationException.class,
        () -> receiver.verify(BODY, headers("msg_1", now + 1, signature)));
    assertThrows(
        WebhookVerificationException.class,
        () -> new Webhook(Secret.fresh().text()).verify(BODY, headers("msg_1", now, signature)));
  }

  /** From the specification's reference implementations. */
  @Test
  void signsAsTheReferenceDoes() throws Exception {
    String text = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    Secret secret = Secret.of(Base64.getDecoder().decode(text.substring(6)));
    assertEquals(
        "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
        secret.signature("msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, "{\"test\": 2432232314}"));
    assertEquals(text, secret.text());
  }

  @Test
  void isOf32BytesAndNoneIsLikeAnother() {
    Secret secret = Secret.fresh();
    assertEquals(32, secret.bytes().length);
    assertNotEquals(secret.text(), Secret.fresh().text());
    assertArrayEquals(
        secret.bytes(), Base64.getDecoder().decode(secret.text().substring("whsec_".length())));
  }
}
