package dev.sluice.app;

import dev.sluice.observe.Metrics;
import dev.sluice.store.Keyset;
import dev.sluice.store.NotSealedHere;
import dev.sluice.store.SealedColumn;
import dev.sluice.store.Secrets;
import dev.sluice.store.Stores;
import io.micrometer.core.instrument.Counter;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Seals anew what keys have sealed that are older than the one that seals now, aside and without
 * haste: of the time it has, it works half. A row that changes meanwhile stays as it was changed;
 * of nodes that do so at once each does what the others have not done. Rows that a newer key has
 * sealed are left alone: another node knows it already.
 */
public final class Resealing {
  private static final Logger LOG = LoggerFactory.getLogger(Resealing.class);
  private static final int PAGE = 200;
  private static final long SHORTEST_PAUSE_MILLIS = 10;
  private static final long AGAIN_MILLIS = 60_000;

  private final Vertx vertx;
  private final Stores stores;
  private final List<Place> places;
  private final Counter done;
  private final AtomicLong left = new AtomicLong();
  private Future<Void> running = Future.succeededFuture();

  /** A column, and where it is. */
  private record Place(String schema, SealedColumn what) {
    String table() {
      return '"' + schema + "\"." + what.table();
    }

    String isOf(String keys) {
      return SealedColumn.KEY_ID.formatted(what.column()) + " = ANY(" + keys + ")";
    }
  }

  /** Of what these apps keep, mounted or not. */
  public Resealing(Vertx vertx, Stores stores, Metrics metrics, List<App> apps) {
    this.vertx = vertx;
    this.stores = stores;
    this.places =
        apps.stream()
            .flatMap(app -> app.sealed().stream().map(column -> new Place(app.name(), column)))
            .toList();
    this.done = metrics.counter("secrets.resealed", "Secrets sealed anew with a newer key");
    metrics.gauge("secrets.left", "Secrets yet to be sealed anew, of this pass", left::get);
  }

  /** Does so once, after a pass that is under way; where that fails, again in a minute. */
  public synchronized Future<Void> run() {
    running = running.transform(before -> pass());
    return running.onFailure(
        e -> {
          LOG.warn("secrets are sealed anew later: {}", e.getMessage());
          vertx.setTimer(AGAIN_MILLIS, t -> run());
        });
  }

  private Future<Void> pass() {
    List<Keyset.Key> older = secrets().keys().older();
    if (older.isEmpty()) return Future.succeededFuture();
    double before = done.count();
    return count(older)
        .onSuccess(left::set)
        .compose(many -> many == 0 ? Future.succeededFuture() : places(older, 0))
        .compose(over -> count(older))
        .onSuccess(left::set)
        .onSuccess(rest -> report((long) (done.count() - before), rest))
        .mapEmpty();
  }

  private static void report(long done, long rest) {
    if (done > 0 || rest > 0) {
      LOG.info("{} secrets were sealed anew, {} are still of older keys", done, rest);
    }
  }

  private Secrets secrets() {
    return stores.secrets();
  }

  /** How many are sealed with these keys. */
  public Future<Long> count(List<Keyset.Key> keys) {
    Future<Long> all = Future.succeededFuture(0L);
    for (Place place : places) {
      all = all.compose(sum -> count(place, keys).map(many -> sum + many));
    }
    return all;
  }

  private Future<Long> count(Place place, List<Keyset.Key> keys) {
    String sql = "SELECT count(*) FROM " + place.table() + " WHERE " + place.isOf("$1");
    return exists(place)
        .compose(
            there ->
                there
                    ? pool(place)
                        .preparedQuery(sql)
                        .execute(Tuple.tuple().addArrayOfBuffer(ids(keys)))
                        .map(rows -> rows.iterator().next().getLong(0))
                    : Future.succeededFuture(0L));
  }

  private Future<Boolean> exists(Place place) {
    return stores
        .database()
        .pool()
        .preparedQuery("SELECT to_regclass($1) IS NOT NULL")
        .execute(Tuple.of(place.table()))
        .map(rows -> rows.iterator().next().getBoolean(0));
  }

  private Pool pool(Place place) {
    return stores.database().schema(place.schema());
  }

  private Future<Void> places(List<Keyset.Key> older, int i) {
    if (i == places.size()) return Future.succeededFuture();
    Place place = places.get(i);
    return exists(place)
        .compose(there -> there ? pages(place, older, null) : Future.succeededFuture())
        .compose(over -> places(older, i + 1));
  }

  /** From after a row on, in the order of the keys: what is not old is passed over unread. */
  private Future<Void> pages(Place place, List<Keyset.Key> older, Object after) {
    SealedColumn what = place.what();
    String sql =
        "SELECT %1$s, CASE WHEN %3$s THEN %2$s END FROM %4$s %5$s ORDER BY %1$s LIMIT %6$d"
            .formatted(
                what.key(),
                what.column(),
                place.isOf("$1"),
                place.table(),
                after == null ? "" : "WHERE " + what.key() + " > $2",
                PAGE);
    Tuple values = Tuple.tuple().addArrayOfBuffer(ids(older));
    if (after != null) values.addValue(after);
    long began = System.nanoTime();
    return pool(place)
        .preparedQuery(sql)
        .execute(values)
        .compose(
            rows -> {
              List<Row> page = new ArrayList<>();
              rows.forEach(page::add);
              return reseal(place, page)
                  .compose(
                      done ->
                          page.size() < PAGE
                              ? Future.succeededFuture()
                              : pause(began)
                                  .compose(
                                      on -> pages(place, older, page.get(PAGE - 1).getValue(0))));
            });
  }

  private Future<Void> pause(long began) {
    long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began);
    return vertx.timer(Math.max(SHORTEST_PAUSE_MILLIS, millis), TimeUnit.MILLISECONDS).mapEmpty();
  }

  private Future<Void> reseal(Place place, List<Row> page) {
    SealedColumn what = place.what();
    String sql =
        "UPDATE %1$s SET %3$s = $1 WHERE %2$s = $2 AND %3$s = $3"
            .formatted(place.table(), what.key(), what.column());
    return vertx
        .executeBlocking(() -> anew(what, page), false)
        .compose(
            changes ->
                changes.isEmpty()
                    ? Future.succeededFuture()
                    : pool(place).preparedQuery(sql).executeBatch(changes).map(this::counted))
        .mapEmpty();
  }

  private List<Tuple> anew(SealedColumn what, List<Row> page) {
    List<Tuple> changes = new ArrayList<>();
    int lost = 0;
    for (Row row : page) {
      Buffer old = row.getBuffer(1);
      if (old == null) continue;
      String boundTo = what.boundTo().apply(row.getValue(0));
      try {
        byte[] secret = secrets().open(old.getBytes(), boundTo);
        Buffer now = Buffer.buffer(secrets().seal(secret, boundTo));
        changes.add(Tuple.of(now, row.getValue(0), old));
      } catch (NotSealedHere e) {
        lost++;
      }
    }
    if (lost > 0) LOG.error("{} of {} are damaged, or not of their rows", lost, what.table());
    return changes;
  }

  private Void counted(RowSet<Row> results) {
    for (RowSet<Row> each = results; each != null; each = each.next()) {
      done.increment(each.rowCount());
      left.addAndGet(-each.rowCount());
    }
    return null;
  }

  private static Buffer[] ids(List<Keyset.Key> keys) {
    return keys.stream()
        .map(key -> Buffer.buffer(ByteBuffer.allocate(Integer.BYTES).putInt(key.id()).array()))
        .toArray(Buffer[]::new);
  }
}
