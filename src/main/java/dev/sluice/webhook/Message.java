package dev.sluice.webhook;

import dev.sluice.outward.Parcel;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import java.time.Instant;
import java.util.List;

/**
 * What is to be sent.
 *
 * @param id the same at each attempt, and to each receiver
 * @param secrets that it is signed by: the one in use, and the one before while it is good
 */
record Message(String id, String body, String url, List<Secret> secrets) {
  /** As it is sent now (Standard Webhooks, "Webhook metadata"); signed by each secret. */
  Parcel parcel() {
    long timestamp = Instant.now().getEpochSecond();
    StringBuilder signatures = new StringBuilder();
    for (Secret secret : secrets) {
      signatures.append(signatures.isEmpty() ? "" : " ");
      signatures.append(secret.signature(id, timestamp, body));
    }
    MultiMap fields =
        MultiMap.caseInsensitiveMultiMap()
            .add("user-agent", "Sluice-Webhooks")
            .add("content-type", "application/json")
            .add("webhook-id", id)
            .add("webhook-timestamp", Long.toString(timestamp))
            .add("webhook-signature", signatures.toString());
    return new Parcel(url, fields, Buffer.buffer(body));
  }

  @Override
  public String toString() {
    return "Message[" + id + "]";
  }
}
