package dev.sluice.app.studio.save;

import dev.sluice.app.studio.sync.Base;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlClient;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** The saves in the database: each write is one call of a function there, all or nothing. */
final class Saves {
  private static final int DELETED = 100; // that stay of one owner's
  private static final String FACTS = "version, title, sha256, size, device, saved_at";
  private static final String SAVE =
      "SELECT * FROM save_slot($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)";
  private static final String RESTORE =
      "SELECT * FROM restore_slot($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
  private static final String DELETE = "SELECT * FROM delete_slot($1, $2, $3, $4, $5, $6)";
  private static final String CLAIM = "SELECT * FROM claim_saves($1, $2, $3)";
  private static final String LIST =
      "SELECT slot, %s FROM saves WHERE owner = $1 AND deleted_at IS NULL ORDER BY saved_at DESC, slot"
          .formatted(FACTS);
  private static final String LOAD =
      "SELECT s.slot, v.* FROM saves s JOIN save_versions v ON v.save = s.id WHERE s.owner = $1 AND s.slot = $2";
  private static final String NEWEST = " AND s.deleted_at IS NULL AND v.version = s.version";
  private static final String VERSIONS =
      "SELECT s.slot, s.deleted_at, v.version, v.title, v.sha256, v.size, v.device, v.saved_at"
          + " FROM saves s JOIN save_versions v ON v.save = s.id WHERE s.owner = $1 AND s.slot = $2"
          + " ORDER BY v.version DESC";

  private final Supplier<SaveSettings> settings;

  Saves(Supplier<SaveSettings> settings) {
    this.settings = settings;
  }

  /** A version and its content, packed. */
  record Loaded(Save save, Buffer content) {}

  /** The versions of a slot that are kept, the newest first. */
  record Versions(List<Save> saves, boolean deleted) {}

  /** A slot that is a user's now, and its name before. */
  record Claimed(String was, Save save) {}

  /** Created, saved, overwritten, unchanged, conflict or full. */
  Future<Outcome> save(SqlClient client, Wanted wanted, Content content) {
    Base base = wanted.base();
    Tuple values =
        Tuple.tuple()
            .addString(wanted.owner().key())
            .addString(wanted.slot())
            .addString(wanted.title())
            .addBuffer(content.packed())
            .addBuffer(Buffer.buffer(content.sha256()))
            .addInteger(content.raw().length())
            .addString(wanted.device())
            .addString(wanted.session());
    add(values, base)
        .addString(base.strategy().name())
        .addBoolean(wanted.owner().isLax())
        .addInteger(settings.get().slots())
        .addInteger(settings.get().versions());
    return outcome(client, SAVE, values);
  }

  /** Restored, unchanged, missing, gone, conflict or full. */
  Future<Outcome> restore(SqlClient client, Wanted wanted, int version) {
    Tuple values =
        Tuple.of(wanted.owner().key(), wanted.slot(), version)
            .addString(wanted.device())
            .addString(wanted.session());
    add(values, wanted.base())
        .addInteger(settings.get().slots())
        .addInteger(settings.get().versions());
    return outcome(client, RESTORE, values);
  }

  /** Deleted, missing or conflict. */
  Future<Outcome> delete(SqlClient client, Wanted wanted) {
    Tuple values = Tuple.of(wanted.owner().key(), wanted.slot());
    return outcome(client, DELETE, add(values, wanted.base()).addInteger(DELETED));
  }

  private static Tuple add(Tuple values, Base base) {
    byte[] begins = base.begins();
    return values
        .addInteger(base.version())
        .addBuffer(begins == null ? null : Buffer.buffer(begins))
        .addBoolean(base.any());
  }

  private static Future<Outcome> outcome(SqlClient client, String sql, Tuple values) {
    return client.preparedQuery(sql).execute(values).map(rows -> Outcome.of(first(rows)));
  }

  /** Null where they would be too many. */
  Future<List<Claimed>> claim(SqlClient client, Owner device, Owner user) {
    return client
        .preparedQuery(CLAIM)
        .execute(Tuple.of(device.key(), user.key(), settings.get().slots()))
        .map(
            rows -> {
              List<Claimed> claimed = new ArrayList<>();
              for (Row row : rows) {
                if (row.getString("was") == null) return null;
                claimed.add(new Claimed(row.getString("was"), Save.of(row)));
              }
              return claimed;
            });
  }

  /** The slot saved last first. */
  Future<List<Save>> list(SqlClient client, Owner owner) {
    return client
        .preparedQuery(LIST)
        .execute(Tuple.of(owner.key()))
        .map(
            rows -> {
              List<Save> all = new ArrayList<>();
              rows.forEach(row -> all.add(Save.of(row)));
              return all;
            });
  }

  /**
   * Null where there is no such version.
   *
   * @param version null, the newest of a slot that is not deleted
   */
  Future<Loaded> load(SqlClient client, Owner owner, String slot, Integer version) {
    Tuple values = Tuple.of(owner.key(), slot);
    if (version != null) values.addInteger(version);
    return client
        .preparedQuery(LOAD + (version == null ? NEWEST : " AND v.version = $3"))
        .execute(values)
        .map(
            rows ->
                rows.size() == 0
                    ? null
                    : new Loaded(Save.of(first(rows)), first(rows).getBuffer("content")));
  }

  /** Of a deleted slot, too; none where there is no such slot. */
  Future<Versions> versions(SqlClient client, Owner owner, String slot) {
    return client
        .preparedQuery(VERSIONS)
        .execute(Tuple.of(owner.key(), slot))
        .map(
            rows -> {
              List<Save> all = new ArrayList<>();
              rows.forEach(row -> all.add(Save.of(row)));
              boolean deleted = !all.isEmpty() && first(rows).getValue("deleted_at") != null;
              return new Versions(all, deleted);
            });
  }

  /** Removes for good what was deleted longer ago; how many, of so many at most. */
  Future<Long> sweep(SqlClient client, int most) {
    Duration age = settings.get().deleted();
    return client
        .preparedQuery("SELECT sweep_saves($1 * interval '1 ms', $2)")
        .execute(Tuple.of(age.toMillis(), most))
        .map(rows -> first(rows).getLong(0));
  }

  /** Removes what devices have not saved for long; how many, of so many at most. */
  Future<Long> sweepDevices(SqlClient client, int most) {
    Duration age = settings.get().unclaimed();
    return client
        .preparedQuery("SELECT sweep_devices($1 * interval '1 ms', $2)")
        .execute(Tuple.of(age.toMillis(), most))
        .map(rows -> first(rows).getLong(0));
  }

  /** Removes all that an owner has; how many slots. */
  Future<Long> forget(SqlClient client, Owner owner) {
    return client
        .preparedQuery("SELECT forget_saves($1)")
        .execute(Tuple.of(owner.key()))
        .map(rows -> first(rows).getLong(0));
  }

  private static Row first(RowSet<Row> rows) {
    return rows.iterator().next();
  }
}
