package dev.sluice.identity.session;

import dev.sluice.call.Peer;
import dev.sluice.store.Secrets;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Tuple;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Sessions as they are kept: how they begin, who sees them, and how they end. */
public final class Sessions {
  private final Pool pool;
  private final Secrets secrets;
  private final Supplier<SessionSettings> settings;
  private final Consumer<String> onEnd;

  /**
   * {@code onEnd} is told which sessions end here; of others, and elsewhere, the database tells.
   */
  public Sessions(
      Pool pool, Secrets secrets, Supplier<SessionSettings> settings, Consumer<String> onEnd) {
    this.pool = pool;
    this.secrets = secrets;
    this.settings = settings;
    this.onEnd = onEnd;
  }

  /**
   * A session and the token that keeps it.
   *
   * @param refreshToken null where there is none
   * @param lives until when it may be used
   */
  public record Kept(UUID session, UUID user, String refreshToken, Duration lives) {
    @Override
    public String toString() {
      return "Kept[" + session + ", " + user + "]";
    }
  }

  /** Begins a session. */
  public Future<Kept> open(UUID user, String method, Peer peer) {
    UUID id = UUID.randomUUID();
    RefreshToken token = RefreshToken.first(id, secrets);
    SessionSettings now = settings.get();
    return insert(user, method, peer, token.hash(), id, now.idle(), now.longest())
        .map(done -> new Kept(id, user, token.text(), now.idle()));
  }

  /** Begins one that cannot be refreshed. */
  public Future<Kept> openFor(UUID user, String method, Peer peer, Duration lifetime) {
    UUID id = UUID.randomUUID();
    return insert(user, method, peer, null, id, lifetime, lifetime)
        .map(done -> new Kept(id, user, null, lifetime));
  }

  private Future<Void> insert(
      UUID user, String method, Peer peer, byte[] hash, UUID id, Duration idle, Duration longest) {
    return pool.preparedQuery(
            "INSERT INTO sessions (id, user_id, method, token_hash, idle_until, expires_at,"
                + " ip_address, user_agent) VALUES ($1, $2, $3, $4,"
                + " now() + $5 * interval '1 ms', now() + $6 * interval '1 ms', $7, $8)")
        .execute(
            Tuple.of(id, user, method, hash == null ? null : Buffer.buffer(hash))
                .addLong(idle.toMillis())
                .addLong(longest.toMillis())
                .addString(peer.outside())
                .addString(peer.agent()))
        .mapEmpty();
  }

  /** The session of a refresh token that is good now, or of the moment before; else none. */
  public Future<Optional<Session>> of(String text) {
    RefreshToken token = RefreshToken.parse(text, secrets);
    if (token == null) return Future.succeededFuture(Optional.empty());
    String sql =
        "SELECT "
            + Session.COLUMNS
            + " FROM sessions s WHERE id = $1 AND ended_at IS NULL"
            + " AND least(idle_until, expires_at) > now()"
            + " AND (token_hash = $2 OR token_hash = $3 AND turned_at >= clock_timestamp() - $4 * interval '1 ms')";
    return pool.preparedQuery(sql)
        .execute(
            Tuple.of(
                token.session(),
                Buffer.buffer(token.hash()),
                Buffer.buffer(token.next(secrets).hash()),
                settings.get().grace().toMillis()))
        .map(
            rows ->
                rows.size() == 0
                    ? Optional.empty()
                    : Optional.of(Session.of(rows.iterator().next())));
  }

  /** The session that a refresh token names, whether or not it is good; null, where it is none. */
  public UUID named(String text) {
    RefreshToken token = RefreshToken.parse(text, secrets);
    return token == null ? null : token.session();
  }

  public Future<List<Session>> list(UUID user) {
    String sql =
        "SELECT "
            + Session.COLUMNS
            + " FROM sessions s WHERE user_id = $1 AND ended_at IS NULL"
            + " AND least(idle_until, expires_at) > now() ORDER BY turned_at DESC";
    return pool.preparedQuery(sql)
        .execute(Tuple.of(user))
        .map(
            rows -> {
              List<Session> sessions = new ArrayList<>();
              rows.forEach(row -> sessions.add(Session.of(row)));
              return sessions;
            });
  }

  /** Ends a session of this user's; whether there was one to end. */
  public Future<Boolean> end(UUID user, UUID session, String reason) {
    return pool.preparedQuery(
            "UPDATE sessions SET ended_at = now(), end_reason = $3"
                + " WHERE id = $1 AND user_id = $2 AND ended_at IS NULL")
        .execute(Tuple.of(session, user, reason))
        .map(rows -> rows.rowCount() > 0)
        .onSuccess(
            ended -> {
              if (ended) onEnd.accept(session.toString());
            });
  }

  /** Ends all of this user's but one, which may be null; how many. */
  public Future<Integer> endAll(UUID user, UUID but, String reason) {
    return pool.preparedQuery(
            "UPDATE sessions SET ended_at = now(), end_reason = $3"
                + " WHERE user_id = $1 AND id IS DISTINCT FROM $2 AND ended_at IS NULL RETURNING id")
        .execute(Tuple.of(user, but, reason))
        .map(
            rows -> {
              rows.forEach(row -> onEnd.accept(row.getUUID("id").toString()));
              return rows.rowCount();
            });
  }

  /** Those that have ended within a time, and for how long tokens of them may still be good. */
  public Future<Map<String, Duration>> endedWithin(Duration time) {
    return pool.preparedQuery(
            "SELECT id::text, tokens_of(s) FROM sessions s WHERE ended_at IS NOT NULL"
                + " AND (ended_at > now() - $1 * interval '1 ms' OR tokens_of(s) > 0)")
        .execute(Tuple.of(time.toMillis()))
        .map(
            rows -> {
              Map<String, Duration> ended = new HashMap<>();
              rows.forEach(row -> ended.put(row.getString(0), Duration.ofSeconds(row.getLong(1))));
              return ended;
            });
  }

  /**
   * What a page shows to prove that it is the one that has signed in; of a session, always same.
   */
  public String csrf(UUID session) {
    byte[] mac = secrets.mac("csrf", session.toString().getBytes(StandardCharsets.US_ASCII));
    return Base64.getUrlEncoder().withoutPadding().encodeToString(mac);
  }
}
