package dev.sluice.store;

import io.vertx.core.Future;
import io.vertx.sqlclient.PreparedQuery;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlResult;
import io.vertx.sqlclient.Tuple;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collector;

/** A query with parameters that is observed; a batch counts as one. */
record ObservedPreparedQuery<T>(String sql, PreparedQuery<T> query, Observation observation)
    implements PreparedQuery<T> {

  @Override
  public Future<T> execute() {
    return observation.of(sql, query::execute);
  }

  @Override
  public Future<T> execute(Tuple parameters) {
    return observation.of(sql, () -> query.execute(parameters));
  }

  @Override
  public Future<T> executeBatch(List<Tuple> batch) {
    return observation.of(sql, () -> query.executeBatch(batch));
  }

  @Override
  public <R> PreparedQuery<SqlResult<R>> collecting(Collector<Row, ?, R> collector) {
    return new ObservedPreparedQuery<>(sql, query.collecting(collector), observation);
  }

  @Override
  public <U> PreparedQuery<RowSet<U>> mapping(Function<Row, U> mapper) {
    return new ObservedPreparedQuery<>(sql, query.mapping(mapper), observation);
  }
}
