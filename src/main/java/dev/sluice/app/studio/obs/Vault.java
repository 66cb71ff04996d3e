package dev.sluice.app.studio.obs;

import dev.sluice.call.Failure;
import dev.sluice.call.Failure.Category;
import dev.sluice.store.NotSealedHere;
import dev.sluice.store.SealedColumn;
import dev.sluice.store.Secrets;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlClient;
import io.vertx.sqlclient.Tuple;
import java.time.Instant;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Credentials as they are kept: a row a user, sealed for that user. */
public final class Vault {
  /** For those who seal anew. */
  public static final SealedColumn SEALED =
      new SealedColumn("obs_credentials", "owner", "sealed", Vault::boundTo);

  private static final Logger LOG = LoggerFactory.getLogger(Vault.class);
  private static final String PUT =
      "INSERT INTO obs_credentials (owner, sealed) VALUES ($1, $2) ON CONFLICT (owner) DO UPDATE"
          + " SET sealed = excluded.sealed, saved_at = clock_timestamp() RETURNING saved_at";

  private final Supplier<Secrets> secrets;

  Vault(Supplier<Secrets> secrets) {
    this.secrets = secrets;
  }

  /** Credentials, and since when they are these. */
  record Kept(Credentials credentials, Instant savedAt) {

    /** All but the password. */
    JsonObject shown() {
      return new JsonObject()
          .put("host", credentials.host())
          .put("port", credentials.port())
          .put("savedAt", savedAt.toString());
    }
  }

  /** In the place of those before. */
  Future<Kept> put(SqlClient sql, String owner, Credentials credentials) {
    Buffer sealed = Buffer.buffer(secrets.get().seal(credentials.bytes(), boundTo(owner)));
    return sql.preparedQuery(PUT)
        .execute(Tuple.of(owner, sealed))
        .map(rows -> new Kept(credentials, savedAt(rows.iterator().next())));
  }

  /** Fails with 404 where there are none, and with 409 where they cannot be opened. */
  Future<Kept> find(SqlClient sql, String owner) {
    return sql.preparedQuery("SELECT sealed, saved_at FROM obs_credentials WHERE owner = $1")
        .execute(Tuple.of(owner))
        .map(rows -> opened(owner, rows));
  }

  private Kept opened(String owner, RowSet<Row> rows) {
    if (rows.size() == 0) throw unknown();
    Row row = rows.iterator().next();
    try {
      byte[] bytes = secrets.get().open(row.getBuffer("sealed").getBytes(), boundTo(owner));
      return new Kept(Credentials.of(bytes), savedAt(row));
    } catch (NotSealedHere e) {
      LOG.error("the OBS credentials of user {} cannot be read with this keyset", owner);
      throw Failure.of(
              Category.CONFLICT, "OBS_UNREADABLE", "Your OBS credentials cannot be read any more.")
          .suggest("Save them again, by POST /obs-credentials/save.");
    }
  }

  private static Instant savedAt(Row row) {
    return row.getOffsetDateTime("saved_at").toInstant();
  }

  /** Fails with 404 where there are none. */
  static Future<Void> remove(SqlClient sql, String owner) {
    return forget(sql, owner)
        .map(
            gone -> {
              if (gone == 0) throw unknown();
              return null;
            });
  }

  /** How many there were. */
  public static Future<Long> forget(SqlClient sql, String owner) {
    return sql.preparedQuery("DELETE FROM obs_credentials WHERE owner = $1")
        .execute(Tuple.of(owner))
        .map(gone -> (long) gone.rowCount());
  }

  private static String boundTo(Object owner) {
    return "obs " + owner;
  }

  private static Failure unknown() {
    return Failure.notFound("OBS_NOT_FOUND", "You have no OBS credentials here.")
        .suggest("Keep them by POST /obs-credentials/save.");
  }
}
