package dev.sluice.cache.http;

import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** A stored response: immutable but for the note of who checked its groups. Any thread. */
public final class Stored {
  private static final int OVERHEAD_BYTES = 500;

  /** What a 304 does not change (RFC 9111 §3.2): they belong to the body that is stored. */
  private static final Set<String> OF_THE_BODY =
      Set.of("content-length", "content-encoding", "content-range", "content-md5", "etag");

  private final Plan plan;
  private final CharSequence[] fields;
  private final Buffer body;
  private final String etag;
  private final String modifiedField;
  private final long modified;
  private final long date;
  private final boolean aged;
  private final boolean setsCookies;
  private volatile long checkedVersion = -1;

  private Stored(Plan plan, MultiMap head, Buffer body) {
    this.plan = plan;
    this.body = body;
    this.etag = head.get(HttpHeaders.ETAG);
    this.modifiedField = head.get(HttpHeaders.LAST_MODIFIED);
    long answered = plan.answered();
    long dated = HttpDate.parse(head.get(HttpHeaders.DATE), answered);
    this.date = dated < 0 ? answered : dated;
    long changed = HttpDate.parse(modifiedField, answered);
    this.modified = changed < 0 ? date : changed;
    this.aged = head.contains(HttpHeaders.AGE);
    this.setsCookies = head.contains(HttpHeaders.SET_COOKIE);
    List<CharSequence> flat = new ArrayList<>(2 * head.size() + 2);
    for (Map.Entry<String, String> field : head) {
      if (field.getKey().equalsIgnoreCase("age")) continue; // made anew at every use
      if (field.getKey().equalsIgnoreCase("content-length")) continue;
      flat.add(HttpHeaders.createOptimized(field.getKey()));
      flat.add(HttpHeaders.createOptimized(field.getValue()));
    }
    this.fields = flat.toArray(new CharSequence[0]);
  }

  /** A response with its whole body. */
  public static Stored of(Plan plan, Buffer body) {
    return new Stored(plan, plan.fields(), body);
  }

  /** The head of a response for the client it was fetched for, with what is that one's alone. */
  public static Stored first(Plan plan, MultiMap received) {
    return new Stored(plan, received, Buffer.buffer());
  }

  /** Its head as a 304, or an equal HEAD, has renewed it (RFC 9111 §3.2). */
  public Head renewed(MultiMap newer) {
    MultiMap merged = MultiMap.caseInsensitiveMultiMap();
    forEach((name, value) -> merged.add(name, value));
    for (String name : newer.names()) {
      if (OF_THE_BODY.contains(name.toLowerCase(Locale.ROOT))) continue;
      merged.remove(name);
      merged.add(name, newer.getAll(name));
    }
    return new Head(status(), reason(), merged);
  }

  /** The same body under another head. */
  Stored freshened(MultiMap head, Plan renewal) {
    return new Stored(renewal, head, body);
  }

  /** What takes a field. */
  public interface Taker {
    void take(CharSequence name, CharSequence value);
  }

  /** Its fields but Age and Content-Length, in their order, encoded once. */
  public void forEach(Taker taker) {
    for (int i = 0; i < fields.length; i += 2) taker.take(fields[i], fields[i + 1]);
  }

  public String key() {
    return plan.key();
  }

  public int status() {
    return plan.status();
  }

  public String reason() {
    return plan.reason();
  }

  public Buffer body() {
    return body;
  }

  public String etag() {
    return etag;
  }

  /** Last-Modified as it was sent, or null. */
  public String modifiedField() {
    return modifiedField;
  }

  /** When it was last changed, as far as anyone can know: Last-Modified, else Date. */
  long modified() {
    return modified;
  }

  /** When it was sent, by its origin's clock. */
  long date() {
    return date;
  }

  /** Whether it has an Age of its own: it comes from another cache. */
  public boolean isAged() {
    return aged;
  }

  /** Whether it sets cookies: nobody gets those of another merely for asking at the same time. */
  boolean setsCookies() {
    return setsCookies;
  }

  public Plan plan() {
    return plan;
  }

  Lifetime life() {
    return plan.life();
  }

  public boolean hasValidator() {
    return etag != null || modifiedField != null;
  }

  /** Its age in seconds (RFC 9111 §4.2.3). */
  public long age(long now) {
    return life().age(now) / 1000;
  }

  /** Seconds of freshness left, negative once stale (RFC 9211 §2.2). */
  public long ttl(long now) {
    return Math.floorDiv(life().left(now), 1000L);
  }

  public boolean isUnchangedFor(MultiMap request, long now) {
    return Preconditions.unchanged(request, this, now);
  }

  /**
   * A part of the body, both ends included; {@code from} is -1 where the range is outside of it.
   */
  public record Part(int from, int to, String contentRange) {
    public boolean isEmpty() {
      return from < 0;
    }
  }

  /**
   * The part that a GET's Range asks for, or null where it is to get the whole (RFC 9110 §14.2).
   */
  public Part part(MultiMap request, long now) {
    String range = request.get("range");
    if (range == null || status() != 200 || !Preconditions.ifRange(request, this, now)) return null;
    ByteRange bytes = ByteRange.of(range, body.length());
    return bytes == null ? null : new Part(bytes.from(), bytes.to(), bytes.of(body.length()));
  }

  /** Whether none of its groups has been invalidated since it was asked for. */
  boolean isCurrent(Groups groups) {
    if (plan.groups().isEmpty()) return true;
    long version = groups.version();
    if (version == checkedVersion) return true;
    if (groups.epoch(plan.groups()) > plan.epoch()) return false;
    checkedVersion = version;
    return true;
  }

  /** What it weighs in the store, in bytes. */
  int weight() {
    int head = 0;
    for (CharSequence part : fields) head += part.length() + 40;
    for (String value : plan.values()) head += 2 * value.length();
    return OVERHEAD_BYTES + 2 * key().length() + head + body.length();
  }
}
