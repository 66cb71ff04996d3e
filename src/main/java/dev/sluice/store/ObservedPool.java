package dev.sluice.store;

import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.PrepareOptions;
import io.vertx.sqlclient.PreparedQuery;
import io.vertx.sqlclient.Query;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;

/** A pool whose queries are observed; transactions go through {@link ObservedConnection}. */
record ObservedPool(Pool pool, Observation observation) implements Pool {

  @Override
  public Future<SqlConnection> getConnection() {
    return pool.getConnection()
        .<SqlConnection>map(c -> new ObservedConnection(c, observation))
        .recover(Outage::of);
  }

  @Override
  public Query<RowSet<Row>> query(String sql) {
    return new ObservedQuery<>(sql, pool.query(sql), observation);
  }

  @Override
  public PreparedQuery<RowSet<Row>> preparedQuery(String sql) {
    return new ObservedPreparedQuery<>(sql, pool.preparedQuery(sql), observation);
  }

  @Override
  public PreparedQuery<RowSet<Row>> preparedQuery(String sql, PrepareOptions options) {
    return new ObservedPreparedQuery<>(sql, pool.preparedQuery(sql, options), observation);
  }

  @Override
  public int size() {
    return pool.size();
  }

  @Override
  public Future<Void> close() {
    return pool.close();
  }
}
