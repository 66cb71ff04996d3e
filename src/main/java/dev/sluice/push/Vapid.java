package dev.sluice.push;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.interaso.webpush.WebPush;
import dev.sluice.outward.Parcel;
import dev.sluice.push.Turns.Taken;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** Messages as push services take them: encrypted (RFC 8291), and from somebody (RFC 8292). */
final class Vapid {
  private static final Duration GOOD = Duration.ofHours(12); // 24 h at most (RFC 8292 §2)
  private static final Duration USED = Duration.ofHours(6);
  private static final int MOST_ORIGINS = 1_000; // which users make up

  private final ServerKey key;
  private final WebPush webPush;
  private final Cache<String, String> tokens =
      Caffeine.newBuilder().maximumSize(MOST_ORIGINS).expireAfterWrite(USED).build();

  Vapid(ServerKey key, String subject) {
    this.key = key;
    this.webPush = new WebPush(subject, key.pair());
  }

  /** What goes to a browser's push service; takes up to ten milliseconds. */
  Parcel parcel(Taken message, Target target) {
    byte[] plain = message.body().getBytes(StandardCharsets.UTF_8);
    byte[] body = webPush.getBody(plain, target.keys().p256dh(), target.keys().auth());
    MultiMap fields =
        MultiMap.caseInsensitiveMultiMap()
            .add("user-agent", "Sluice-Push")
            .add("authorization", authorization(target.origin()))
            .add("content-type", "application/octet-stream")
            .add("content-encoding", "aes128gcm")
            .add("ttl", Long.toString(Math.max(1, message.left().toSeconds())))
            .add("urgency", message.urgency());
    if (message.topic() != null) fields.add("topic", message.topic());
    return new Parcel(target.endpoint(), fields, Buffer.buffer(body));
  }

  /** The same for hours (RFC 8292 §3.1): push services look at a token that they know no more. */
  String authorization(String origin) {
    String token = tokens.get(origin, o -> webPush.getToken(o, (int) GOOD.toSeconds()));
    return "vapid t=" + token + ", k=" + key.publicKey();
  }
}
