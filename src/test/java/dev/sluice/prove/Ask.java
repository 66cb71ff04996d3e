package dev.sluice.prove;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Predicate;

/**
 * A request of the {@link LoadMix}.
 *
 * @param name of its kind
 * @param body null where it has none
 * @param right what a proper answer is
 */
record Ask(
    String name, RequestOptions options, Buffer body, Manner manner, Predicate<Answer> right) {
  /** What the client does with the answer. */
  enum Manner {
    READS,
    READS_SLOWLY,
    LEAVES
  }

  /** What has come; status 0 is no answer, and one that broke off is not whole. */
  record Answer(int status, long length, long checksum, boolean whole) {
    static final Answer NONE = new Answer(0, 0, 0, false);
  }

  /** Leads to an upstream that always does what it should, stored or not. */
  private static final String STEADY = "/s";

  /** Leads to the one with the faults. */
  private static final String SHAKY = "/f";

  private static final int SMALL = 3000;
  private static final int LARGE = 1048576;
  private static final int STORED = 300;
  private static final int CLIPS = 10;
  private static final Map<String, Long> FIRST = new ConcurrentHashMap<>();
  private static final Buffer SMALL_BODY = Buffer.buffer(Content.whole(1, SMALL));
  private static final Buffer LARGE_BODY = Buffer.buffer(Content.whole(2, LARGE));

  /** Routes for what is asked, to two origins. */
  static String yaml(Origin steady, Origin shaky) {
    return """
        version: 1
        upstreams:
          steady: { url: "http://127.0.0.1:%d", idleTimeout: 10s }
          shaky: { url: "http://127.0.0.1:%d", idleTimeout: 1s }
        routes:
          - { path: "/s/**", upstream: steady, stripPrefix: /s }
          - { path: "/sc/**", upstream: steady, stripPrefix: /sc, cache: http }
          - { path: "/f/**", upstream: shaky, stripPrefix: /f }
          - { path: "/fc/**", upstream: shaky, stripPrefix: /fc, cache: http }
        """
        .formatted(steady.port(), shaky.port());
  }

  /** Whether an upstream with faults may answer. */
  boolean isShaky() {
    return options.getURI().startsWith(SHAKY);
  }

  /** One at random, in the shares that the mix has. */
  static Ask any() {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    String at = random.nextBoolean() ? STEADY : SHAKY;
    int of100 = random.nextInt(100);
    if (of100 < 30) return clips(1 + random.nextInt(CLIPS));
    if (of100 < 55) return get("stored", at + "c/fresh/", random.nextInt(STORED), SMALL);
    if (of100 < 60) return unchanged(at + "c/fresh/", random.nextInt(STORED));
    if (of100 < 65) return part(at + "c/fresh/", random.nextInt(STORED));
    if (of100 < 80) return get("proxied", at + "/bytes/", random.nextInt(), SMALL);
    if (of100 < 84) return get("proxied, 1 MiB", at + "/bytes/", random.nextInt(4), LARGE);
    if (of100 < 86) return get("stored, 1 MiB", at + "c/fresh/", random.nextInt(4), LARGE);
    if (of100 < 94) return post("post", at + "/post", SMALL_BODY);
    if (of100 < 96) return post("post, 1 MiB", at + "/post", LARGE_BODY);
    Ask large = get("slow reader", at + "/bytes/", random.nextInt(4), LARGE);
    if (of100 < 98) return large.in(Manner.READS_SLOWLY);
    Ask uploading = post("leaves", at + "/post", LARGE_BODY);
    return (random.nextBoolean() ? uploading : large.called("leaves")).in(Manner.LEAVES);
  }

  private static Ask get(String name, String prefix, long id, int length) {
    RequestOptions options = to(HttpMethod.GET, prefix + id + "/" + length);
    return new Ask(name, options, null, Manner.READS, got -> is(got, 200, id, length));
  }

  private static Ask post(String name, String uri, Buffer body) {
    String received = body.length() + " " + Content.checksum(body.getBytes());
    long sum = Content.checksum(received.getBytes());
    RequestOptions options = to(HttpMethod.POST, uri);
    return new Ask(
        name, options, body, Manner.READS, got -> got.status == 200 && got.checksum == sum);
  }

  private static Ask unchanged(String prefix, long id) {
    Ask whole = get("conditional", prefix, id, SMALL);
    whole.options.putHeader("if-none-match", "\"" + id + "-" + SMALL + "\"");
    return whole.rightIf(got -> got.whole && got.status == 304 && got.length == 0);
  }

  private static Ask part(String prefix, long id) {
    Ask whole = get("range", prefix, id, SMALL);
    whole.options.putHeader("range", "bytes=0-99");
    return whole.rightIf(got -> is(got, 206, id, 100) || is(got, 200, id, SMALL));
  }

  /** An operation; its first answer is the one that all others have to equal. */
  private static Ask clips(int limit) {
    String uri = "/clips?channel=ninja&limit=" + limit;
    return new Ask(
        "operation",
        to(HttpMethod.GET, uri),
        null,
        Manner.READS,
        got ->
            got.whole
                && got.status == 200
                && got.checksum == FIRST.computeIfAbsent(uri, first -> got.checksum));
  }

  private static RequestOptions to(HttpMethod method, String uri) {
    return new RequestOptions().setMethod(method).setURI(uri);
  }

  private static boolean is(Answer got, int status, long id, int length) {
    return got.whole
        && got.status == status
        && got.length == length
        && got.checksum == Content.checksum(id, length);
  }

  private Ask rightIf(Predicate<Answer> other) {
    return new Ask(name, options, body, manner, other);
  }

  private Ask called(String other) {
    return new Ask(other, options, body, manner, right);
  }

  private Ask in(Manner other) {
    return new Ask(name, options, body, other, right);
  }
}
