package dev.sluice.store;

import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The role that apps work as: it may read and write what an app's migrations have made, and neither
 * change nor drop it, and of single tables less, where a migration says so.
 */
final class AppRole {
  static final String NAME = "sluice_app";

  private static final Logger LOG = LoggerFactory.getLogger(AppRole.class);

  /** By one who may: an owner who may make no roles goes on without. */
  private static final String MAKE =
      """
      DO $$ BEGIN
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '%1$s') THEN
          CREATE ROLE %1$s NOLOGIN;
        END IF;
        IF NOT pg_has_role(current_user, '%1$s', 'MEMBER') THEN
          EXECUTE format('GRANT %1$s TO %%I', current_user);
        END IF;
      EXCEPTION WHEN insufficient_privilege OR duplicate_object OR unique_violation THEN NULL;
      END $$"""
          .formatted(NAME);

  private static final String IS_THERE =
      "SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = '%1$s'".formatted(NAME)
          + " AND pg_has_role(current_user, oid, 'MEMBER'))";

  private AppRole() {}

  /** Makes it where it is missing; whether it is there to be used. */
  static Future<Boolean> make(Pool owner) {
    return owner
        .query(MAKE)
        .execute()
        .compose(made -> owner.query(IS_THERE).execute())
        .map(rows -> rows.iterator().next().getBoolean(0))
        .onSuccess(
            there -> {
              if (!there)
                LOG.warn(
                    "apps work as the owner of their tables: CREATE ROLE {} is not allowed", NAME);
            });
  }

  /**
   * What it may do with the tables that migrations of a schema will make; {@code quoted} already.
   */
  static String grants(String schema) {
    return """
        CREATE SCHEMA IF NOT EXISTS %1$s;
        GRANT USAGE ON SCHEMA %1$s TO %2$s;
        ALTER DEFAULT PRIVILEGES IN SCHEMA %1$s
          GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO %2$s;
        ALTER DEFAULT PRIVILEGES IN SCHEMA %1$s GRANT USAGE ON SEQUENCES TO %2$s"""
        .formatted(schema, NAME);
  }
}
