package dev.sluice.harness;

import io.vertx.core.Vertx;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;

/** What a gateway's embedded PostgreSQL has, as somebody sees it who has got hold of it. */
public final class Tables implements AutoCloseable {
  private final Vertx vertx = Vertx.vertx();
  private final Pool pool;

  public Tables(RunningGateway gateway) {
    Properties servers = new Properties();
    try (Reader file = Files.newBufferedReader(gateway.data().resolve("servers.properties"))) {
      servers.load(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    PgConnectOptions options =
        new PgConnectOptions()
            .setHost("127.0.0.1")
            .setPort(Integer.parseInt(servers.getProperty("postgres.port")))
            .setUser("sluice")
            .setPassword(servers.getProperty("postgres.password"))
            .setDatabase("postgres");
    pool = PgBuilder.pool().connectingTo(options).using(vertx).build();
  }

  /** The first column of what a statement gives. */
  public List<String> run(String sql) {
    List<String> texts = new ArrayList<>();
    for (Row row : RunningGateway.await(pool.query(sql).execute())) {
      texts.add(String.valueOf(row.getValue(0)));
    }
    return texts;
  }

  /** All rows of all tables of a schema, each as one text. */
  public List<String> dump(String schema) {
    List<String> rows = new ArrayList<>();
    for (String table :
        run("SELECT tablename FROM pg_tables WHERE schemaname = '" + schema + "'")) {
      rows.addAll(run("SELECT t::text FROM \"" + schema + "\".\"" + table + "\" t"));
    }
    return rows;
  }

  @Override
  public void close() {
    RunningGateway.await(pool.close());
    RunningGateway.await(vertx.close());
  }
}
