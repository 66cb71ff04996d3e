package dev.sluice.identity.audit;

import dev.sluice.call.Peer;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;

/**
 * One thing that has happened (seed 003).
 *
 * @param userId who did it; null where nobody known has
 * @param action such as {@code session.open}
 * @param resource what it was done to, as {@code session}
 * @param resourceId which of them, or null
 * @param result {@code success} or {@code failure}
 */
public record Entry(
    UUID id,
    UUID userId,
    String action,
    String resource,
    String resourceId,
    String result,
    Map<String, Object> details,
    String ipAddress,
    String userAgent,
    Instant timestamp) {

  /** What somebody has done. */
  public static Entry done(UUID user, String action, String resource, Object id, Peer peer) {
    return of(user, action, resource, id, "success", Map.of(), peer);
  }

  /** What somebody could not do; {@code code} says why. */
  public static Entry failed(
      UUID user, String action, String resource, Object id, String code, Peer peer) {
    return of(user, action, resource, id, "failure", Map.of("code", code), peer);
  }

  private static Entry of(
      UUID user,
      String action,
      String resource,
      Object id,
      String result,
      Map<String, Object> details,
      Peer peer) {
    return new Entry(
        UUID.randomUUID(),
        user,
        action,
        resource,
        id == null ? null : id.toString(),
        result,
        details,
        peer.outside(),
        peer.agent(),
        Instant.now());
  }

  /** The same, done by somebody; null, by nobody known. */
  public Entry by(UUID user) {
    return new Entry(
        id, user, action, resource, resourceId, result, details, ipAddress, userAgent, timestamp);
  }

  /** The same without whence it came. */
  public Entry anonymous() {
    return new Entry(
        id, null, action, resource, resourceId, result, details, null, null, timestamp);
  }

  /** The same with more of it told. */
  public Entry with(String name, Object value) {
    Map<String, Object> more = new LinkedHashMap<>(details);
    more.put(name, value);
    return new Entry(
        id, userId, action, resource, resourceId, result, more, ipAddress, userAgent, timestamp);
  }
}
