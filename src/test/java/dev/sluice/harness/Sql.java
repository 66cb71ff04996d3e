package dev.sluice.harness;

import dev.sluice.store.embedded.EmbeddedServers;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;

/** The database of a gateway, seen past it: as its owner, in the schema of identity. */
public final class Sql implements AutoCloseable {
  private final Connection connection;

  private Sql(Connection connection) {
    this.connection = connection;
  }

  public static Sql of(RunningGateway gateway) {
    try {
      Properties servers = servers(gateway);
      String url =
          "jdbc:postgresql://127.0.0.1:%s/postgres?currentSchema=identity"
              .formatted(servers.getProperty("postgres.port"));
      String password = servers.getProperty("postgres.password");
      return new Sql(DriverManager.getConnection(url, EmbeddedServers.postgresUser(), password));
    } catch (IOException | SQLException e) {
      throw new AssertionError(e);
    }
  }

  /** Its {@code store.postgres} for another gateway. */
  public static String uri(RunningGateway gateway) {
    try {
      Properties servers = servers(gateway);
      return "postgres://%s:%s@127.0.0.1:%s/postgres"
          .formatted(
              EmbeddedServers.postgresUser(),
              servers.getProperty("postgres.password"),
              servers.getProperty("postgres.port"));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** What another gateway needs to be a node of the same stores. */
  public static Map<String, String> stores(RunningGateway gateway) {
    try {
      Properties servers = servers(gateway);
      String redis =
          "redis://:%s@127.0.0.1:%s"
              .formatted(servers.getProperty("redis.password"), servers.getProperty("redis.port"));
      return Map.of(
          "SLUICE_STORE_POSTGRES",
          uri(gateway),
          "SLUICE_STORE_REDIS",
          redis,
          "SLUICE_STORE_KEYSET",
          Files.readString(gateway.data().resolve("keyset.json")));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static Properties servers(RunningGateway gateway) throws IOException {
    Properties servers = new Properties();
    try (Reader in = Files.newBufferedReader(gateway.data().resolve("servers.properties"))) {
      servers.load(in);
    }
    return servers;
  }

  /** Rows changed. */
  public int update(String sql, Object... values) {
    try (PreparedStatement statement = prepared(sql, values)) {
      return statement.executeUpdate();
    } catch (SQLException e) {
      throw new AssertionError(e.getMessage(), e);
    }
  }

  /** Every row, its columns as text between bars. */
  public List<String> rows(String sql, Object... values) {
    try (PreparedStatement statement = prepared(sql, values);
        ResultSet found = statement.executeQuery()) {
      List<String> rows = new ArrayList<>();
      int columns = found.getMetaData().getColumnCount();
      while (found.next()) {
        List<String> row = new ArrayList<>();
        for (int i = 1; i <= columns; i++) row.add(found.getString(i));
        rows.add(String.join("|", row.stream().map(String::valueOf).toList()));
      }
      return rows;
    } catch (SQLException e) {
      throw new AssertionError(e.getMessage(), e);
    }
  }

  private PreparedStatement prepared(String sql, Object... values) throws SQLException {
    PreparedStatement statement = connection.prepareStatement(sql);
    for (int i = 0; i < values.length; i++) statement.setObject(i + 1, values[i]);
    return statement;
  }

  @Override
  public void close() {
    try {
      connection.close();
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }
}
