package dev.sluice.identity.token;

import dev.sluice.call.Failure;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The keys that an issuer publishes (RFC 7517 §5): fetched when they are first wanted, when they
 * are an hour old, and when a token names one that is not among them, but not again after less than
 * a pause. Any thread may ask.
 */
final class Keys implements KeySource {
  private static final Logger LOG = LoggerFactory.getLogger(Keys.class);
  private static final int LARGEST = 512 * 1024;
  private static final long OLD_NANOS = Duration.ofHours(1).toNanos();
  private static final long RETRY_NANOS = Duration.ofSeconds(5).toNanos();

  private final Vertx vertx;
  private final HttpClient client;
  private final String name;
  private final IssuerSettings issuer;
  private final Pace pace;
  private volatile List<Key> known = List.of();
  private volatile long fetchedAt;
  private Future<List<Key>> fetching;
  private long dueAt = System.nanoTime();

  /**
   * How often an issuer is asked.
   *
   * @param pause the shortest time between two fetches, of which the first has succeeded
   * @param timeout how long a fetch may take
   */
  record Pace(Duration pause, Duration timeout) {}

  Keys(Vertx vertx, HttpClient client, String name, IssuerSettings issuer, Pace pace) {
    this.vertx = vertx;
    this.client = client;
    this.name = name;
    this.issuer = issuer;
    this.pace = pace;
  }

  @Override
  public Future<Key> find(Jws token) {
    Key key = among(known, token);
    if (key == null) return fetched().map(fetched -> require(fetched, token));
    if (System.nanoTime() - fetchedAt > OLD_NANOS) fetched();
    return Future.succeededFuture(key);
  }

  private static Key require(List<Key> keys, Jws token) {
    Key key = among(keys, token);
    if (key != null) return key;
    throw new NoToken("its key is not one of its issuer's");
  }

  /** The one that is meant, where only one can be. */
  private static Key among(List<Key> keys, Jws token) {
    Key found = null;
    for (Key key : keys) {
      boolean named = token.keyId() == null || token.keyId().equals(key.id());
      if (!named || !key.fits(token.algorithm())) continue;
      if (found != null) return null;
      found = key;
    }
    return found;
  }

  /** Fetches them, unless that was done a moment ago; all who ask meanwhile wait for the same. */
  Future<List<Key>> fetched() {
    Promise<List<Key>> mine = ((ContextInternal) vertx.getOrCreateContext()).promise();
    synchronized (this) {
      if (fetching == null || fetching.isComplete() && System.nanoTime() - dueAt >= 0) {
        dueAt = System.nanoTime() + pace.pause.toNanos();
        fetching = fetch();
      }
      fetching.onComplete(mine);
    }
    return mine.future();
  }

  private Future<List<Key>> fetch() {
    return client
        .request(
            new RequestOptions()
                .setAbsoluteURI(issuer.keysUrl())
                .setConnectTimeout(pace.timeout.toMillis())
                .putHeader("accept", "application/json"))
        .compose(this::ask)
        .map(this::parse)
        .onSuccess(this::adopt)
        .recover(this::missed);
  }

  /** One that hangs gives its connection back. */
  private Future<Buffer> ask(HttpClientRequest request) {
    return request
        .send()
        .compose(Keys::read)
        .timeout(pace.timeout.toMillis(), TimeUnit.MILLISECONDS)
        .onFailure(e -> request.reset());
  }

  private static Future<Buffer> read(HttpClientResponse answer) {
    Promise<Buffer> whole = Promise.promise();
    Buffer bytes = Buffer.buffer();
    answer.exceptionHandler(whole::tryFail);
    answer.endHandler(end -> whole.tryComplete(bytes));
    answer.handler(
        chunk -> {
          bytes.appendBuffer(chunk);
          if (bytes.length() <= LARGEST) return;
          whole.tryFail(new IOException("its answer is over " + LARGEST + " bytes"));
          answer.request().reset();
        });
    if (answer.statusCode() != 200)
      whole.fail(new IOException("it answers " + answer.statusCode()));
    return whole.future();
  }

  private List<Key> parse(Buffer bytes) {
    List<Key> keys = new ArrayList<>();
    for (Object one : listed(bytes)) {
      try {
        keys.add(Key.of(vertx, (JsonObject) one, issuer.algorithms()));
      } catch (RuntimeException e) {
        LOG.warn("issuer {}: a key of {} cannot be used: {}", name, issuer.keysUrl(), e.toString());
      }
    }
    if (issuer.algorithms().stream().noneMatch(a -> keys.stream().anyMatch(k -> k.fits(a)))) {
      String algorithms = String.join(", ", issuer.algorithms());
      throw new IllegalStateException("none of its " + keys.size() + " keys is for " + algorithms);
    }
    return List.copyOf(keys);
  }

  private static JsonArray listed(Buffer bytes) {
    try {
      if (bytes.toJsonObject().getValue("keys") instanceof JsonArray keys) return keys;
    } catch (DecodeException e) {
      throw new IllegalStateException("its answer is no JSON object");
    }
    throw new IllegalStateException(
        "its answer has no keys; keysUrl is that of the JWKS, which an issuer's discovery document"
            + " has as jwks_uri");
  }

  private void adopt(List<Key> fetched) {
    known = fetched;
    fetchedAt = System.nanoTime();
  }

  /** Those that are known stay good; the next try comes soon. */
  private Future<List<Key>> missed(Throwable cause) {
    LOG.warn("issuer {}: no keys from {}: {}", name, issuer.keysUrl(), cause.getMessage());
    synchronized (this) {
      dueAt = System.nanoTime() + Math.min(pace.pause.toNanos(), RETRY_NANOS);
    }
    Failure away =
        Failure.unavailable(
                "SERVICE_UNAVAILABLE", "The keys of the token's issuer cannot be had just now.")
            .retryAfter(Duration.ofNanos(RETRY_NANOS));
    return Future.failedFuture(away);
  }
}
