package dev.sluice.prove;

import dev.sluice.store.embedded.EmbeddedServers;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.stream.Stream;

/** All that a gateway leaves in its data directory, as somebody sees it who has got hold of it. */
final class Remains implements AutoCloseable {
  private final Path data;
  private final Properties servers = new Properties();
  private final Connection sql;

  /** Hears of everything that is there. */
  interface Finder {
    void found(String place, byte[] bytes);
  }

  Remains(Path data) throws IOException, SQLException {
    this.data = data;
    try (Reader in = Files.newBufferedReader(data.resolve("servers.properties"))) {
      servers.load(in);
    }
    String url = "jdbc:postgresql://127.0.0.1:" + servers.getProperty("postgres.port");
    String password = servers.getProperty("postgres.password");
    sql = DriverManager.getConnection(url + "/postgres", EmbeddedServers.postgresUser(), password);
  }

  void run(String statement) throws SQLException {
    try (Statement run = sql.createStatement()) {
      run.execute(statement);
    }
  }

  /** Each value of each row of each table, bytes as they are; numbers and times are left out. */
  void tables(Finder finder) throws SQLException {
    for (String table : tables()) {
      try (Statement all = sql.createStatement();
          ResultSet rows = all.executeQuery("SELECT * FROM " + table)) {
        int columns = rows.getMetaData().getColumnCount();
        while (rows.next()) {
          for (int i = 1; i <= columns; i++) {
            String type = rows.getMetaData().getColumnTypeName(i);
            if (type.matches("(int|float|bool|timestamp|numeric|bigserial).*")) continue;
            byte[] value = type.equals("bytea") ? rows.getBytes(i) : text(rows.getString(i));
            String place = "tables: " + table + "." + rows.getMetaData().getColumnName(i);
            if (value != null) finder.found(place, value);
          }
        }
      }
    }
  }

  private static byte[] text(String text) {
    return text == null ? null : text.getBytes(StandardCharsets.UTF_8);
  }

  private List<String> tables() throws SQLException {
    List<String> tables = new ArrayList<>();
    try (Statement names = sql.createStatement();
        ResultSet rows =
            names.executeQuery(
                "SELECT format('%I.%I', schemaname, tablename) FROM pg_tables"
                    + " WHERE schemaname NOT IN ('pg_catalog', 'information_schema')")) {
      while (rows.next()) tables.add(rows.getString(1));
    }
    return tables;
  }

  /** Everything in Redis, through what it would give a replica: a dump that is not packed. */
  void dumpRedis(String key, String value) throws IOException {
    int port = Integer.parseInt(servers.getProperty("redis.port"));
    try (Socket socket = new Socket("127.0.0.1", port)) {
      String asked =
          "AUTH %s\r\nSET %s %s\r\nCONFIG SET rdbcompression no\r\nSAVE\r\n"
              .formatted(servers.getProperty("redis.password"), key, value);
      socket.getOutputStream().write(asked.getBytes(StandardCharsets.US_ASCII));
      InputStream in = new BufferedInputStream(socket.getInputStream());
      for (int i = 0; i < 4; i++) {
        StringBuilder line = new StringBuilder();
        for (int c; (c = in.read()) != '\n'; line.append((char) c)) {
          if (c < 0) throw new IOException("Redis left");
        }
        if (line.charAt(0) != '+') throw new IOException("Redis said " + line);
      }
    }
  }

  /**
   * Every file but programs, byte for byte: tables, write-ahead log, Redis' files, servers' logs.
   */
  void files(Finder finder) throws IOException, SQLException {
    run("CHECKPOINT");
    try (Stream<Path> all = Files.walk(data)) {
      for (Path file : all.toList()) {
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) continue;
        Path name = data.relativize(file);
        if (name.startsWith("bin")) continue;
        String kind = name.getName(0).toString();
        finder.found("files of " + kind + ": " + name, Files.readAllBytes(file));
      }
    }
  }

  @Override
  public void close() throws SQLException {
    sql.close();
  }
}
