package dev.sluice.guard.idempotency;

import dev.sluice.call.Call;
import dev.sluice.call.Claim;
import dev.sluice.call.Failure;
import dev.sluice.call.Failure.Category;
import dev.sluice.call.Reply;
import dev.sluice.contract.Operation;
import dev.sluice.contract.Policy.Repeats;
import dev.sluice.store.Database;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlClient;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has a call that goes by a key run once, on whichever node its repeats arrive: one of them runs,
 * those that come meanwhile are told so, and those that come after are answered as it was. A run
 * whose process has died is taken over once its lease is up. One for the gateway's whole life.
 */
public final class Idempotency implements Fence {
  /** Of the app that has the tables of what is kept of calls. */
  public static final String SCHEMA = "traffic";

  private static final Logger LOG = LoggerFactory.getLogger(Idempotency.class);
  private static final long SWEEP_MILLIS = 60_000;
  private static final Duration MARGIN = Duration.ofSeconds(5); // beyond the operation's timeout
  private static final long MOST_WAIT_SECONDS = 5; // that a repeat is told: runs mostly end sooner
  private static final int LARGE = 32 * 1024; // bytes that an event loop does not hash
  private static final String CLAIM =
      "SELECT * FROM claim_key($1, $2, $3, $4, $5, $6 * interval '1 ms', $7 * interval '1 ms')";
  private static final int SWEPT = 5_000; // at once, well within the query timeout
  private static final String SWEEP =
      "DELETE FROM idempotency WHERE id IN"
          + " (SELECT id FROM idempotency WHERE expires_at < now() LIMIT "
          + SWEPT
          + ")";
  private static final String MINE = " WHERE id = $1 AND owner = $2 AND outcome IS NULL";

  private final Vertx vertx;
  private final Pool pool;
  private volatile IdempotencySettings settings;
  private long timer = -1;

  public Idempotency(Vertx vertx, Database database, IdempotencySettings settings) {
    this.vertx = vertx;
    this.pool = database.schema(SCHEMA);
    this.settings = settings;
  }

  /** Works by other settings from now on. */
  public void use(IdempotencySettings settings) {
    this.settings = settings;
  }

  /** Begins to remove what is kept no longer, once the schema is there. */
  public synchronized void open() {
    if (timer < 0) timer = vertx.setPeriodic(SWEEP_MILLIS, t -> sweep());
  }

  /** Removes nothing more. */
  public synchronized void close() {
    vertx.cancelTimer(timer);
  }

  /** What a call goes on to where it is to run. */
  public interface Run {
    Future<Reply> of(Call call);
  }

  /**
   * Answers a call as its key says. Fails with 400, 409 or 422 where that cannot be, and with 503
   * where it cannot be looked up: a call with a key never runs unprotected.
   */
  public Future<Reply> answer(Operation operation, Call call, Run run) {
    Repeats policy = operation.policy().idempotency();
    String key = call.wish().key();
    boolean claimed = call.wish().claim() != null;
    if (claimed || policy == null || key == null && policy == Repeats.OPTIONAL) return run.of(call);
    if (key == null) return Future.failedFuture(Key.required());
    Failure bad = Key.wrong(key);
    if (bad != null) return Future.failedFuture(bad);
    Claim claim = new Claim(Claim.Of.KEY, id(operation, call), UUID.randomUUID().toString());
    return fingerprint(operation, call)
        .compose(print -> claim(operation, call, claim, print))
        .compose(
            found ->
                switch (found.getString("state")) {
                  case "mine" -> run(call, claim, run);
                  case "ended" -> Outcome.decoded(found.getBuffer("ended")).again();
                  case "running" -> Future.failedFuture(inUse(found.getLong("wait")));
                  default -> Future.failedFuture(reused());
                });
  }

  /** Whose key it is, for what: another's, or another operation's, is another. */
  private static String id(Operation operation, Call call) {
    List<String> of = new ArrayList<>();
    if (call.caller().isAnonymous()) of.addAll(operation.secrets(call)); // or it is an address's
    of.addAll(List.of(call.caller().whose(), operation.id(), call.wish().key()));
    byte[] id = Fingerprint.of(of.toArray(String[]::new));
    return HexFormat.of().formatHex(id);
  }

  private Future<byte[]> fingerprint(Operation operation, Call call) {
    Callable<byte[]> print = () -> Fingerprint.of(operation, call);
    if (call.body().weight() > LARGE) return vertx.executeBlocking(print, false);
    return Future.succeededFuture(Fingerprint.of(operation, call));
  }

  private Future<Row> claim(Operation operation, Call call, Claim claim, byte[] print) {
    Duration lease = operation.policy().timeout().plus(MARGIN);
    return pool.preparedQuery(CLAIM)
        .execute(
            Tuple.of(idOf(claim), call.caller().subject(), operation.id())
                .addBuffer(Buffer.buffer(print))
                .addUUID(ownerOf(claim))
                .addLong(lease.toMillis())
                .addLong(settings.keep().toMillis()))
        .map(rows -> rows.iterator().next());
  }

  private Future<Reply> run(Call call, Claim claim, Run run) {
    Future<Reply> reply;
    try {
      reply = run.of(call.withWish(call.wish().claimed(claim)));
    } catch (RuntimeException thrown) {
      reply = Future.failedFuture(thrown);
    }
    return reply.transform(
        (given, cause) -> {
          Outcome outcome = cause == null ? Outcome.of(given) : Outcome.of(cause);
          Future<Reply> result =
              cause == null ? Future.succeededFuture(given) : Future.failedFuture(cause);
          return end(claim, outcome).transform(done -> result);
        });
  }

  /** A run that may still be under way keeps its key until its lease is up. */
  private Future<Void> end(Claim claim, Outcome outcome) {
    if (outcome.isUnknown()) return Future.succeededFuture();
    Future<Void> ended = outcome.isFinal() ? keep(pool, claim, outcome) : release(claim);
    return ended.onFailure(e -> LOG.warn("a key stays until its lease is up: {}", e.getMessage()));
  }

  private Future<Void> release(Claim claim) {
    return changed(pool, "DELETE FROM idempotency" + MINE, claim).mapEmpty();
  }

  @Override
  public Future<Void> keep(SqlClient client, Claim claim, Outcome outcome) {
    String sql = "UPDATE " + SCHEMA + ".idempotency SET outcome = $3" + MINE;
    return client
        .preparedQuery(sql)
        .execute(Tuple.of(idOf(claim), ownerOf(claim), outcome.encoded()))
        .mapEmpty();
  }

  @Override
  public Future<Void> hold(SqlClient transaction, Claim claim) {
    String sql = "SELECT FROM " + SCHEMA + ".idempotency" + MINE + " FOR UPDATE";
    return changed(transaction, sql, claim)
        .compose(
            rows ->
                rows.rowCount() == 0
                    ? Future.failedFuture(Fence.lost())
                    : Future.succeededFuture());
  }

  private static Future<RowSet<Row>> changed(SqlClient client, String sql, Claim claim) {
    return client.preparedQuery(sql).execute(Tuple.of(idOf(claim), ownerOf(claim)));
  }

  private static Buffer idOf(Claim claim) {
    return Buffer.buffer(HexFormat.of().parseHex(claim.id()));
  }

  private static UUID ownerOf(Claim claim) {
    return UUID.fromString(claim.owner());
  }

  private void sweep() {
    pool.query(SWEEP)
        .execute()
        .onSuccess(
            gone -> {
              if (gone.rowCount() == SWEPT) sweep();
            })
        .onFailure(e -> LOG.warn("idempotency not swept: {}", e.getMessage()));
  }

  /** Removes what is kept of a user's calls; how many of them. */
  public Future<Long> forget(String user) {
    return pool.preparedQuery("DELETE FROM idempotency WHERE subject = $1")
        .execute(Tuple.of(user))
        .map(gone -> (long) gone.rowCount());
  }

  private static Failure inUse(long waitMillis) {
    long seconds = Math.min(MOST_WAIT_SECONDS, (waitMillis + 999) / 1000);
    return Failure.of(
            Category.CONFLICT,
            "IDEMPOTENCY_KEY_IN_USE",
            "The first call with this Idempotency-Key is still under way.")
        .suggest("Repeat it as it is after as many seconds as Retry-After says.")
        .retryAfter(Duration.ofSeconds(seconds));
  }

  private static Failure reused() {
    return Failure.of(
            Category.VALIDATION,
            "IDEMPOTENCY_KEY_REUSED",
            "This Idempotency-Key was for another request.")
        .status(422)
        .suggest("Take a new key for what is new; repeat a request as it was.");
  }
}
