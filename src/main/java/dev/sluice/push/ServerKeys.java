package dev.sluice.push;

import dev.sluice.store.NotSealedHere;
import dev.sluice.store.SealedColumn;
import dev.sluice.store.Secrets;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.nio.charset.StandardCharsets;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The key pair that was made here, once: browsers subscribe for one, and no other may send then.
 */
final class ServerKeys {
  /** There is one row, and what it is bound to is its public key. */
  static final SealedColumn SEALED =
      new SealedColumn("server_key", "public_key", "sealed", ServerKeys::boundTo);

  private static final Logger LOG = LoggerFactory.getLogger(ServerKeys.class);

  private final Vertx vertx;
  private final Pool pool;
  private final Secrets secrets;

  ServerKeys(Vertx vertx, Pool pool, Secrets secrets) {
    this.vertx = vertx;
    this.pool = pool;
    this.secrets = secrets;
  }

  /** That of the database, where one is made if there is none; of nodes that do so at once, one. */
  Future<ServerKey> own() {
    return read().compose(found -> found == null ? make() : Future.succeededFuture(found));
  }

  private Future<ServerKey> read() {
    return pool.query("SELECT public_key, sealed FROM server_key")
        .execute()
        .compose(
            rows ->
                rows.size() == 0
                    ? Future.succeededFuture()
                    : vertx.executeBlocking(() -> opened(rows.iterator().next()), false));
  }

  private Future<ServerKey> make() {
    return vertx
        .executeBlocking(ServerKey::make, false)
        .compose(
            made ->
                pool.preparedQuery(
                        "INSERT INTO server_key (public_key, sealed) VALUES ($1, $2)"
                            + " ON CONFLICT (one) DO NOTHING")
                    .execute(Tuple.of(made.publicKey(), sealed(made))))
        .onSuccess(
            put -> {
              if (put.rowCount() > 0) LOG.info("a new key pair for Web Push");
            })
        .compose(put -> read());
  }

  private ServerKey opened(Row row) {
    String publicKey = row.getString("public_key");
    try {
      byte[] secret = secrets.open(row.getBuffer("sealed").getBytes(), boundTo(publicKey));
      return new ServerKey(publicKey, new String(secret, StandardCharsets.US_ASCII));
    } catch (NotSealedHere e) {
      throw new IllegalStateException(
          "the key pair in PostgreSQL that Web Push is sent with was sealed with another keyset."
              + " Give this gateway the keyset.json of the one that made it (in its data directory;"
              + " store.keyset), or delete the row of push.server_key: then no browser that has"
              + " subscribed can be sent to any more",
          e);
    }
  }

  private Buffer sealed(ServerKey key) {
    byte[] secret = key.privateKey().getBytes(StandardCharsets.US_ASCII);
    return Buffer.buffer(secrets.seal(secret, boundTo(key.publicKey())));
  }

  private static String boundTo(Object publicKey) {
    return "push key " + publicKey;
  }
}
