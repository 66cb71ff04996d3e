package dev.sluice.identity.session;

import dev.sluice.call.Failure;
import dev.sluice.call.Failure.Category;
import dev.sluice.call.Peer;
import dev.sluice.identity.session.Sessions.Kept;
import dev.sluice.identity.user.UserAccounts;
import dev.sluice.store.Secrets;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * The turns of sessions. A refresh token is good for one (RFC 9700 §4.14.2); one that has had its
 * turn ends the session, for somebody else has it, too, but for a moment after it, in which a
 * client that has lost the answer gets the same again.
 */
public final class Turns {
  private final Pool pool;
  private final Secrets secrets;
  private final Supplier<SessionSettings> settings;
  private final Consumer<String> onEnd;

  /** {@code onEnd} is told which sessions end here. */
  public Turns(
      Pool pool, Secrets secrets, Supplier<SessionSettings> settings, Consumer<String> onEnd) {
    this.pool = pool;
    this.secrets = secrets;
    this.settings = settings;
    this.onEnd = onEnd;
  }

  /** What came of a refresh token. */
  public sealed interface Turn {
    /** The next. */
    record Taken(Kept kept) implements Turn {}

    /** It is not taken, and why; {@code session} and {@code user} may be null. */
    record Refused(UUID session, UUID user, Failure why) implements Turn {}
  }

  /** Takes a refresh token for the next one; fails only where the database does. */
  public Future<Turn> take(String text, Peer peer) {
    RefreshToken token = RefreshToken.parse(text, secrets);
    if (token == null) {
      return Future.succeededFuture(new Turn.Refused(null, null, unknown()));
    }
    return pool.withTransaction(tx -> locked(tx, token).compose(row -> turn(tx, token, row, peer)));
  }

  private Future<Row> locked(SqlConnection tx, RefreshToken token) {
    String sql =
        "SELECT s.*, u.is_active AS allowed, least(idle_until, expires_at) <= clock_timestamp()"
            + " AS expired, clock_timestamp() - turned_at <= $2 * interval '1 ms' AS graced,"
            + " extract(epoch FROM expires_at - clock_timestamp())::bigint AS left"
            + " FROM sessions s JOIN users u ON u.id = s.user_id WHERE s.id = $1 FOR UPDATE OF s";
    return tx.preparedQuery(sql)
        .execute(Tuple.of(token.session(), settings.get().grace().toMillis()))
        .map(rows -> rows.size() == 0 ? null : rows.iterator().next());
  }

  private Future<Turn> turn(SqlConnection tx, RefreshToken token, Row row, Peer peer) {
    if (row == null || row.getValue("ended_at") != null) return refused(row, ended());
    if (!row.getBoolean("allowed")) return refused(row, UserAccounts.disabled());
    if (row.getBoolean("expired")) {
      return end(tx, token.session(), "expired").compose(done -> refused(row, expired()));
    }
    int turn = row.getInteger("turn");
    byte[] hash =
        row.getBuffer("token_hash") == null ? new byte[0] : row.getBuffer("token_hash").getBytes();
    RefreshToken next = token.next(secrets);
    if (token.turn() == turn && Arrays.equals(token.hash(), hash)) {
      return advance(tx, next, peer).map(done -> taken(row, next));
    }
    boolean justBefore = token.turn() == turn - 1 && Arrays.equals(next.hash(), hash);
    if (justBefore && row.getBoolean("graced")) return Future.succeededFuture(taken(row, next));
    return end(tx, token.session(), "reuse").compose(done -> refused(row, reused()));
  }

  private Future<Void> advance(SqlConnection tx, RefreshToken next, Peer peer) {
    return tx.preparedQuery(
            "UPDATE sessions SET turn = $2, token_hash = $3, turned_at = clock_timestamp(),"
                + " idle_until = now() + $4 * interval '1 ms', ip_address = $5, user_agent = $6"
                + " WHERE id = $1")
        .execute(
            Tuple.of(next.session(), next.turn(), Buffer.buffer(next.hash()))
                .addLong(settings.get().idle().toMillis())
                .addString(peer.outside())
                .addString(peer.agent()))
        .mapEmpty();
  }

  private Turn taken(Row row, RefreshToken next) {
    Duration left = Duration.ofSeconds(Math.max(1, row.getLong("left")));
    Duration idle = settings.get().idle();
    Duration lives = left.compareTo(idle) < 0 ? left : idle;
    return new Turn.Taken(new Kept(next.session(), row.getUUID("user_id"), next.text(), lives));
  }

  private static Future<Turn> refused(Row row, Failure why) {
    return Future.succeededFuture(
        row == null
            ? new Turn.Refused(null, null, why)
            : new Turn.Refused(row.getUUID("id"), row.getUUID("user_id"), why));
  }

  private Future<Void> end(SqlConnection tx, UUID session, String reason) {
    return tx.preparedQuery("UPDATE sessions SET ended_at = now(), end_reason = $2 WHERE id = $1")
        .execute(Tuple.of(session, reason))
        .<Void>mapEmpty()
        .onSuccess(done -> onEnd.accept(session.toString()));
  }

  /**
   * Takes a turn of what the session's provider cookie is good for; gives the next one's number, or
   * none where another has taken it, and not just now.
   */
  public Future<Optional<Integer>> takeProvider(UUID session, int turn) {
    return pool.preparedQuery(
            "UPDATE sessions SET provider_turn = $2 + 1, provider_turned_at ="
                + " CASE WHEN provider_turn = $2 THEN clock_timestamp() ELSE provider_turned_at END"
                + " WHERE id = $1 AND ended_at IS NULL AND (provider_turn = $2 OR provider_turn ="
                + " $2 + 1 AND provider_turned_at >= clock_timestamp() - $3 * interval '1 ms')")
        .execute(Tuple.of(session, turn, settings.get().grace().toMillis()))
        .map(rows -> rows.rowCount() > 0 ? Optional.of(turn + 1) : Optional.empty());
  }

  private static Failure refusal(String code, String message) {
    return Failure.of(Category.AUTHENTICATION, code, message).suggest("Sign in again.");
  }

  private static Failure unknown() {
    return refusal("REFRESH_TOKEN_INVALID", "This is no refresh token of this gateway's.");
  }

  private static Failure ended() {
    return refusal("SESSION_ENDED", "The session has ended.");
  }

  private static Failure expired() {
    return refusal("SESSION_EXPIRED", "The session has expired.");
  }

  private static Failure reused() {
    return refusal(
        "REFRESH_TOKEN_REUSED",
        "This refresh token has been used before: somebody else may have it, so the session is ended.");
  }
}
