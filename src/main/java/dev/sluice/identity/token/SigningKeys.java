package dev.sluice.identity.token;

import dev.sluice.call.Ids;
import dev.sluice.store.NotSealedHere;
import dev.sluice.store.SealedColumn;
import dev.sluice.store.Secrets;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The keys that the gateway signs with, one after the other. A new one is published for a while
 * before it signs, so that every verifier knows it by then, and an old one until the last token of
 * it has expired. All nodes have the same, from the database, where the private halves are sealed.
 */
public final class SigningKeys implements KeySource {
  /** For those who seal anew. */
  public static final SealedColumn SEALED =
      new SealedColumn("signing_keys", "kid", "sealed", SigningKeys::bound);

  private static final Logger LOG = LoggerFactory.getLogger(SigningKeys.class);
  private static final Duration LONGEST_LEAD = Duration.ofHours(1);
  private static final Duration PAUSE = Duration.ofSeconds(5);
  private static final int LOCK = 0x5167; // of the database, for one node at a time

  private final Vertx vertx;
  private final WorkerExecutor workers;
  private final Pool pool;
  private final Secrets secrets;
  private final Supplier<Ages> ages;
  private volatile List<SigningKey> keys = List.of(); // the oldest first
  private volatile long askedAgain = System.nanoTime() - PAUSE.toNanos();

  /**
   * How old things become.
   *
   * @param key after which another key follows
   * @param token how long a token is good at most, clocks that are apart included
   */
  public record Ages(Duration key, Duration token) {
    /** How long a key is known before it signs. */
    public Duration lead() {
      Duration half = key.dividedBy(2);
      return half.compareTo(LONGEST_LEAD) < 0 ? half : LONGEST_LEAD;
    }
  }

  public SigningKeys(Vertx vertx, Pool pool, Secrets secrets, Supplier<Ages> ages) {
    this.vertx = vertx;
    this.workers = vertx.createSharedWorkerExecutor("signing", 1);
    this.pool = pool;
    this.secrets = secrets;
    this.ages = ages;
  }

  /** Reads them anew, makes the next where it is time, and forgets those that are not needed. */
  public Future<Void> refresh() {
    return read()
        .compose(read -> isDue(newest()) ? rotate().compose(made -> read()) : done())
        .compose(current -> prune());
  }

  /** Those that are published (RFC 7517 §5). */
  public JsonObject published() {
    JsonArray all = new JsonArray();
    keys.forEach(key -> all.add(key.jwk()));
    return new JsonObject().put("keys", all);
  }

  /** A token of these claims. */
  public Future<String> sign(JsonObject claims) {
    SigningKey key = signer();
    return workers.executeBlocking(() -> key.sign(claims), false);
  }

  @Override
  public Future<Key> find(Jws token) {
    Key known = named(token.keyId());
    if (known != null) return Future.succeededFuture(known);
    return again().transform(read -> found(token.keyId()));
  }

  private Future<Key> found(String id) {
    Key key = named(id);
    return key == null
        ? Future.failedFuture(new NoToken("its key is not one of this gateway's"))
        : Future.succeededFuture(key);
  }

  private Key named(String id) {
    for (SigningKey key : keys) if (key.id().equals(id)) return key.check();
    return null;
  }

  /** Another node may have made it; whoever likes may ask for what nobody has made. */
  private Future<Void> again() {
    long now = System.nanoTime();
    if (now - askedAgain < PAUSE.toNanos()) return done();
    askedAgain = now;
    return read();
  }

  /** The newest of those that every verifier may know by now. */
  private SigningKey signer() {
    Instant known = Instant.now().minus(ages.get().lead());
    SigningKey signer = keys.get(0);
    for (SigningKey key : keys) if (key.made().isBefore(known)) signer = key;
    return signer;
  }

  private Instant newest() {
    List<SigningKey> now = keys;
    return now.isEmpty() ? null : now.get(now.size() - 1).made();
  }

  private boolean isDue(Instant newest) {
    return newest == null || newest.plus(ages.get().key()).isBefore(Instant.now());
  }

  private Future<Void> read() {
    return pool.query("SELECT kid, jwk, sealed, created_at FROM signing_keys ORDER BY 4, 1")
        .execute()
        .compose(
            rows -> {
              List<Row> all = new ArrayList<>();
              rows.forEach(all::add);
              return workers.executeBlocking(() -> opened(all), false);
            })
        .onSuccess(read -> keys = read)
        .mapEmpty();
  }

  /** Those that are known stay as they are. */
  private List<SigningKey> opened(List<Row> rows) {
    List<SigningKey> opened = new ArrayList<>();
    for (Row row : rows) {
      String id = row.getString("kid");
      SigningKey known = keys.stream().filter(k -> k.id().equals(id)).findFirst().orElse(null);
      opened.add(known == null ? open(row) : known);
    }
    return List.copyOf(opened);
  }

  private SigningKey open(Row row) {
    byte[] secret = unsealed(row);
    Instant made = row.getOffsetDateTime("created_at").toInstant();
    return new SigningKey(vertx, row.getJsonObject("jwk"), secret, made);
  }

  private byte[] unsealed(Row row) {
    try {
      return secrets.open(row.getBuffer("sealed").getBytes(), bound(row.getString("kid")));
    } catch (NotSealedHere e) {
      throw new IllegalStateException(
          "the keys in PostgreSQL that tokens are signed with were sealed with another keyset. Give"
              + " this gateway the keyset.json of the one that made them (in its data directory;"
              + " store.keyset), or delete the rows of identity.signing_keys: then everybody's access"
              + " tokens end",
          e);
    }
  }

  private static String bound(Object kid) {
    return "signing-key " + kid;
  }

  private Future<Void> rotate() {
    return workers
        .executeBlocking(() -> SigningKey.make(Ids.next()), false)
        .compose(made -> pool.withTransaction(tx -> keep(tx, made)));
  }

  /** Unless another node has been first. */
  private Future<Void> keep(SqlConnection tx, SigningKey.Halves made) {
    return tx.preparedQuery("SELECT pg_advisory_xact_lock($1)")
        .execute(Tuple.of(LOCK))
        .compose(locked -> tx.query("SELECT max(created_at) AS newest FROM signing_keys").execute())
        .compose(
            rows -> {
              OffsetDateTime newest = rows.iterator().next().getOffsetDateTime("newest");
              if (!isDue(newest == null ? null : newest.toInstant())) return done();
              String id = made.jwk().getString("kid");
              Buffer sealed = Buffer.buffer(secrets.seal(made.secret(), bound(id)));
              LOG.info("a new key to sign tokens with: {}", id);
              return tx.preparedQuery(
                      "INSERT INTO signing_keys (kid, jwk, sealed) VALUES ($1, $2, $3)")
                  .execute(Tuple.of(id, made.jwk(), sealed))
                  .mapEmpty();
            });
  }

  /** Whose successor has been signing for longer than a token lives. */
  private Future<Void> prune() {
    Duration after = ages.get().lead().plus(ages.get().token());
    return pool.preparedQuery(
            "DELETE FROM signing_keys k WHERE EXISTS (SELECT FROM signing_keys n"
                + " WHERE n.created_at > k.created_at"
                + " AND n.created_at < now() - $1 * interval '1 ms') RETURNING kid")
        .execute(Tuple.of(after.toMillis()))
        .compose(gone -> gone.rowCount() == 0 ? done() : read());
  }

  private static Future<Void> done() {
    return Future.succeededFuture();
  }
}
