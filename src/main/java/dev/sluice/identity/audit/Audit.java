package dev.sluice.identity.audit;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Tuple;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes what happens into the audit log, aside and in batches: nobody has to wait for it. Where
 * the database is away it waits; what cannot wait any longer, there or at the end, goes to the log,
 * so that nothing is lost. Any thread.
 */
public final class Audit {
  private static final Logger LOG = LoggerFactory.getLogger(Audit.class);
  private static final long PAUSE_MILLIS = 100;
  private static final long LONGEST_PAUSE_MILLIS = 5_000;
  private static final int BATCH = 500;
  private static final int MOST_WAITING = 50_000;
  private static final int LAST_TRIES = 20; // at the end, of as many pauses
  private static final String INSERT =
      "INSERT INTO audit_logs (id, user_id, action, resource, resource_id, result, details,"
          + " ip_address, user_agent, \"timestamp\") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"
          + " ON CONFLICT (id) DO NOTHING"; // a batch whose answer was lost comes again

  private final Vertx vertx;
  private final Pool pool;
  private final ConcurrentLinkedQueue<Entry> waiting = new ConcurrentLinkedQueue<>();
  private final AtomicInteger count = new AtomicInteger();
  private final Set<Future<?>> coming = ConcurrentHashMap.newKeySet();
  private Future<Void> writing = Future.succeededFuture();
  private boolean scheduled;
  private int failures; // in a row

  public Audit(Vertx vertx, Pool pool) {
    this.vertx = vertx;
    this.pool = pool;
  }

  /** Takes note; done before the gateway ends. */
  public void write(Entry entry) {
    if (count.incrementAndGet() > MOST_WAITING) {
      count.decrementAndGet();
      spill(entry);
      return;
    }
    waiting.add(entry);
    schedule();
  }

  /** The same of one that is still to be completed; {@link #flush} waits for it. */
  public void write(Future<Entry> entry) {
    Future<Entry> written = entry.onSuccess(this::write);
    coming.add(written);
    written.onComplete(done -> coming.remove(written));
  }

  /** Writes it now. Fails where the database does, and writes it later then. */
  public Future<Void> writeNow(Entry entry) {
    return pool.preparedQuery(INSERT)
        .execute(row(entry))
        .<Void>mapEmpty()
        .onFailure(e -> write(entry));
  }

  private synchronized void schedule() {
    if (scheduled) return;
    scheduled = true;
    long pause = Math.min(LONGEST_PAUSE_MILLIS, PAUSE_MILLIS << Math.min(failures, 10));
    vertx.setTimer(pause, t -> flushNow());
  }

  /** Writes all that waits; fails where the database does. */
  public Future<Void> flush() {
    return Future.join(List.copyOf(coming)).transform(done -> flushNow());
  }

  private synchronized Future<Void> flushNow() {
    scheduled = false;
    writing = writing.transform(before -> batch());
    return writing;
  }

  private Future<Void> batch() {
    List<Entry> entries = new ArrayList<>();
    for (Entry entry; entries.size() < BATCH && (entry = waiting.poll()) != null; ) {
      entries.add(entry);
    }
    if (entries.isEmpty()) return Future.succeededFuture();
    return pool.preparedQuery(INSERT)
        .executeBatch(entries.stream().map(Audit::row).toList())
        .<Void>mapEmpty()
        .onSuccess(done -> written(entries.size()))
        .onFailure(e -> again(entries, e))
        .compose(done -> batch());
  }

  private synchronized void written(int entries) {
    count.addAndGet(-entries);
    if (failures > 0) LOG.info("the audit log is written again");
    failures = 0;
  }

  private synchronized void again(List<Entry> entries, Throwable cause) {
    if (failures++ == 0) LOG.warn("the audit log waits: {}", cause.getMessage());
    waiting.addAll(entries);
    schedule();
  }

  private static Tuple row(Entry entry) {
    return Tuple.tuple()
        .addUUID(entry.id())
        .addUUID(entry.userId())
        .addString(entry.action())
        .addString(entry.resource())
        .addString(entry.resourceId())
        .addString(entry.result())
        .addValue(new JsonObject(entry.details()))
        .addString(entry.ipAddress())
        .addString(entry.userAgent())
        .addOffsetDateTime(entry.timestamp().atOffset(ZoneOffset.UTC));
  }

  /** Writes what is left, or says it in the log. */
  public Future<Void> close() {
    return close(LAST_TRIES);
  }

  private Future<Void> close(int tries) {
    return flush()
        .recover(
            e -> {
              if (tries > 1) {
                return vertx
                    .timer(PAUSE_MILLIS, TimeUnit.MILLISECONDS)
                    .compose(t -> close(tries - 1));
              }
              for (Entry entry; (entry = waiting.poll()) != null; ) spill(entry);
              return Future.succeededFuture();
            });
  }

  /** Says it in the log, which is better than nowhere. */
  public static void spill(Entry entry) {
    LOG.error("audit: {}", Json.encode(entry));
  }
}
