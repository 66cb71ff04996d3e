package dev.sluice.store;

import io.vertx.core.Future;
import io.vertx.sqlclient.Query;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlResult;
import java.util.function.Function;
import java.util.stream.Collector;

/** A query without parameters that is observed. */
record ObservedQuery<T>(String sql, Query<T> query, Observation observation) implements Query<T> {

  @Override
  public Future<T> execute() {
    return observation.of(sql, query::execute);
  }

  @Override
  public <R> Query<SqlResult<R>> collecting(Collector<Row, ?, R> collector) {
    return new ObservedQuery<>(sql, query.collecting(collector), observation);
  }

  @Override
  public <U> Query<RowSet<U>> mapping(Function<Row, U> mapper) {
    return new ObservedQuery<>(sql, query.mapping(mapper), observation);
  }
}
