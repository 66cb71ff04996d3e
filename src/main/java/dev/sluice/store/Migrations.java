package dev.sluice.store;

import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.internal.exception.FlywayMigrateException;

/**
 * Brings a schema up to the newest script of its app, with Flyway over JDBC. Blocks: for a worker
 * thread.
 */
record Migrations(String jdbcUrl, String user, String password) {

  /**
   * Runs what has not run yet, and makes the schema if need be.
   *
   * @param location where on the class path the scripts are, such as {@code apps/mail/db}
   * @throws StoreException naming the script that failed or was changed after it had run
   */
  void run(String schema, String location) {
    try {
      Flyway.configure(Migrations.class.getClassLoader())
          .dataSource(jdbcUrl, user, password)
          .schemas(schema)
          .createSchemas(true)
          .locations("classpath:" + location)
          .failOnMissingLocations(true)
          .load()
          .migrate();
    } catch (FlywayMigrateException e) {
      throw new StoreException(
          "Migration %s/%s of schema %s failed: %s. What ran before it is kept; correct the script and start again."
              .formatted(location, e.getMigration().getScript(), schema, root(e).getMessage()),
          e);
    } catch (FlywayException e) {
      throw new StoreException(
          "The migrations in %s of schema %s cannot run: %s"
              .formatted(location, schema, e.getMessage()),
          e);
    }
  }

  private static Throwable root(Throwable failure) {
    return failure.getCause() == null ? failure : root(failure.getCause());
  }
}
