package dev.sluice.identity.user;

import dev.sluice.call.Failure;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlClient;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Consumer;

/** Users as they are kept. */
public final class Users {
  private static final String ONE = "SELECT " + User.COLUMNS + " FROM users u WHERE ";

  private final Pool pool;
  private final Consumer<String> onChange;

  /** {@code onChange} is told the id of a user that is another than before, or gone. */
  public Users(Pool pool, Consumer<String> onChange) {
    this.pool = pool;
    this.onChange = onChange;
  }

  /**
   * Somebody's way in.
   *
   * @param issuer who knows the subject, as {@code google}, or {@code issuer:company}
   * @param email an address that the issuer has verified, or null
   */
  public record Way(String issuer, String subject, String email, Names names) {}

  /** The user whose proved address this is; made where there is none. */
  public Future<User> ofEmail(String email) {
    return pool.withTransaction(tx -> made(tx, email, Names.NONE));
  }

  /**
   * The user whose way in this is. Made on first sight, or, where the address is a user's already,
   * that user: who owns it has proved so twice.
   */
  public Future<User> of(Way way) {
    return pool.withTransaction(
        tx ->
            known(tx, way)
                .compose(
                    user -> user.map(Future::succeededFuture).orElseGet(() -> first(tx, way))));
  }

  private static Future<Optional<User>> known(SqlClient tx, Way way) {
    String sql = ONE + "u.id = (SELECT user_id FROM identities WHERE issuer = $1 AND subject = $2)";
    return tx.preparedQuery(sql).execute(Tuple.of(way.issuer, way.subject)).map(Users::one);
  }

  private static Future<User> first(SqlConnection tx, Way way) {
    String link = "INSERT INTO identities (issuer, subject, user_id) VALUES ($1, $2, $3)";
    return tx.preparedQuery("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))")
        .execute(Tuple.of(way.issuer + " " + way.subject))
        .compose(alone -> known(tx, way))
        .compose(
            user ->
                user.map(Future::succeededFuture)
                    .orElseGet(
                        () ->
                            made(tx, way.email, way.names)
                                .compose(
                                    fresh ->
                                        tx.preparedQuery(link)
                                            .execute(Tuple.of(way.issuer, way.subject, fresh.id())))
                                .compose(done -> known(tx, way))
                                .map(Optional::orElseThrow)));
  }

  private static Future<User> made(SqlClient tx, String email, Names names) {
    JsonObject profile = new JsonObject();
    if (names.first() != null) profile.put("firstName", names.first());
    if (names.last() != null) profile.put("lastName", names.last());
    String insert =
        "INSERT INTO users (id, email, profile) VALUES ($1, $2, $3) ON CONFLICT (email) DO NOTHING";
    UUID id = UUID.randomUUID();
    return tx.preparedQuery(insert)
        .execute(Tuple.of(id, email, profile))
        .compose(
            done ->
                tx.preparedQuery(ONE + "u.id = $1 OR u.email = $2").execute(Tuple.of(id, email)))
        .map(rows -> one(rows).orElseThrow());
  }

  /** Fails with 404 USER_NOT_FOUND. */
  public Future<User> get(UUID id) {
    return find(id).map(user -> user.orElseThrow(Users::notFound));
  }

  public Future<Optional<User>> find(UUID id) {
    return pool.preparedQuery(ONE + "u.id = $1").execute(Tuple.of(id)).map(Users::one);
  }

  /** The ways in that a user has beside the address: {@code google 1098…}. */
  public Future<List<Way>> ways(UUID id) {
    return pool.preparedQuery(
            "SELECT issuer, subject FROM identities WHERE user_id = $1 ORDER BY created_at")
        .execute(Tuple.of(id))
        .map(
            rows -> {
              List<Way> ways = new ArrayList<>();
              rows.forEach(
                  row ->
                      ways.add(
                          new Way(
                              row.getString("issuer"),
                              row.getString("subject"),
                              null,
                              Names.NONE)));
              return ways;
            });
  }

  /** A page of those whose address or name has this in it, the newest first. */
  public Future<List<User>> search(String text, Cursor after, int limit) {
    String sql =
        "SELECT "
            + User.COLUMNS
            + " FROM users u WHERE ($1::text IS NULL OR u.email ILIKE $1 ESCAPE '\\'"
            + " OR (u.profile->>'firstName') || ' ' || (u.profile->>'lastName') ILIKE $1 ESCAPE '\\'"
            + " OR u.id::text = $2)"
            + " AND ($3::timestamptz IS NULL OR (u.created_at, u.id) < ($3, $4::uuid))"
            + " ORDER BY u.created_at DESC, u.id DESC LIMIT $5";
    String pattern = text == null ? null : "%" + text.replaceAll("([\\\\%_])", "\\\\$1") + "%";
    return pool.preparedQuery(sql)
        .execute(
            Tuple.of(
                pattern,
                text,
                after == null ? null : after.time().atOffset(ZoneOffset.UTC),
                after == null ? null : after.id(),
                limit))
        .map(Users::all);
  }

  /** Where a page ended. */
  public record Cursor(Instant time, UUID id) {}

  /** Lays what is given over the profile, key by key. */
  public Future<User> patch(UUID id, JsonObject profile) {
    return pool.withTransaction(
        tx ->
            tx.preparedQuery("SELECT profile FROM users WHERE id = $1 FOR UPDATE")
                .execute(Tuple.of(id))
                .compose(
                    rows -> {
                      if (rows.size() == 0) return Future.failedFuture(notFound());
                      JsonObject whole = rows.iterator().next().getJsonObject(0);
                      whole.mergeIn(profile, true);
                      return changed(tx, id, "profile = $2", whole);
                    }));
  }

  public Future<User> setTier(UUID id, Tier tier) {
    return changed(pool, id, "tier = $2", tier.word());
  }

  public Future<User> setActive(UUID id, boolean active) {
    return changed(pool, id, "is_active = $2", active);
  }

  public Future<User> setRoles(UUID id, List<String> roles) {
    return changed(pool, id, "roles = $2", roles.toArray(String[]::new));
  }

  /** Puts a hash in the place of another, null where there was none; empty where it is gone. */
  public Future<Optional<User>> setPassword(UUID id, String before, String hash) {
    return pool.preparedQuery(
            "UPDATE users u SET updated_at = now(), password_hash = $3 WHERE id = $1"
                + " AND password_hash IS NOT DISTINCT FROM $2 RETURNING "
                + User.COLUMNS)
        .execute(Tuple.of(id, before, hash))
        .map(Users::one);
  }

  public Future<User> signedIn(UUID id) {
    return pool.preparedQuery("UPDATE users SET last_login_at = now() WHERE id = $1")
        .execute(Tuple.of(id))
        .compose(done -> get(id));
  }

  /** What a user's password is known by. */
  public record Kept(UUID id, String hash) {}

  /** The user of an address, and the hash of the password, null where there is none. */
  public Future<Optional<Kept>> password(String email) {
    return kept("email = $1", email);
  }

  public Future<Optional<Kept>> password(UUID id) {
    return kept("id = $1", id);
  }

  private Future<Optional<Kept>> kept(String where, Object value) {
    return pool.preparedQuery("SELECT id, password_hash FROM users WHERE " + where)
        .execute(Tuple.of(value))
        .map(
            rows ->
                rows.size() == 0
                    ? Optional.empty()
                    : Optional.of(
                        new Kept(
                            rows.iterator().next().getUUID("id"),
                            rows.iterator().next().getString("password_hash"))));
  }

  /** Removes a user and all that is known by it here; gives how many of each thing. */
  public Future<Map<String, Long>> delete(UUID id) {
    String sql =
        "WITH gone AS (SELECT email FROM users WHERE id = $1),"
            + " c AS (DELETE FROM codes WHERE email = (SELECT email FROM gone) RETURNING 1),"
            + " a AS (DELETE FROM attempts WHERE key = (SELECT email FROM gone) RETURNING 1),"
            + " s AS (DELETE FROM sessions WHERE user_id = $1 RETURNING 1),"
            + " i AS (DELETE FROM identities WHERE user_id = $1 RETURNING 1)"
            + " SELECT (SELECT count(*) FROM c) AS codes, (SELECT count(*) FROM a) AS attempts,"
            + " (SELECT count(*) FROM s) AS sessions, (SELECT count(*) FROM i) AS identities";
    return pool.withTransaction(
            tx ->
                tx.preparedQuery(sql)
                    .execute(Tuple.of(id))
                    .map(rows -> counts(rows.iterator().next()))
                    .compose(
                        counts ->
                            tx.preparedQuery("DELETE FROM users WHERE id = $1")
                                .execute(Tuple.of(id))
                                .map(
                                    rows -> {
                                      counts.put("users", (long) rows.rowCount());
                                      return counts;
                                    })))
        .onSuccess(gone -> onChange.accept(id.toString()));
  }

  private static Map<String, Long> counts(Row row) {
    Map<String, Long> counts = new TreeMap<>();
    for (int i = 0; i < row.size(); i++) counts.put(row.getColumnName(i), row.getLong(i));
    return counts;
  }

  private Future<User> changed(SqlClient tx, UUID id, String what, Object value) {
    String sql = "UPDATE users u SET updated_at = now(), " + what + " WHERE id = $1 RETURNING ";
    return tx.preparedQuery(sql + User.COLUMNS)
        .execute(Tuple.of(id, value))
        .map(rows -> one(rows).orElseThrow(Users::notFound))
        .onSuccess(user -> onChange.accept(id.toString()));
  }

  private static Optional<User> one(RowSet<Row> rows) {
    return all(rows).stream().findFirst();
  }

  private static List<User> all(RowSet<Row> rows) {
    List<User> users = new ArrayList<>();
    rows.forEach(row -> users.add(User.of(row)));
    return users;
  }

  static Failure notFound() {
    return Failure.notFound("USER_NOT_FOUND", "There is no such user.")
        .suggest("GET /admin/users lists those there are.");
  }
}
