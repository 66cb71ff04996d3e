package dev.sluice.store;

import dev.sluice.store.embedded.DataDirectory;
import dev.sluice.store.embedded.EmbeddedServers;
import dev.sluice.store.embedded.Endpoint;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgConnectOptions;
import java.nio.file.Path;
import java.util.concurrent.Callable;

/** Everything Sluice keeps; opened once at start, closed last. */
public final class Stores {
  private final Vertx vertx;
  private final DataDirectory directory;
  private final EmbeddedServers servers;
  private volatile Database database;
  private volatile Redis redis;
  private volatile Secrets secrets;
  private Future<Void> closed;

  private Stores(Vertx vertx, DataDirectory directory) {
    this.vertx = vertx;
    this.directory = directory;
    this.servers = new EmbeddedServers(directory);
  }

  /**
   * Takes the data directory, starts the servers that are embedded, and connects. Call it outside
   * any verticle: what it opens lives until {@link #close}.
   *
   * @param data the directory for everything that is kept; made if it is missing
   * @param observer hears of every query
   * @return fails with a {@link StoreException} if the directory, PostgreSQL or the keyset cannot
   *     be used. Redis out of reach is no failure: {@link Redis#available} tells
   */
  public static Future<Stores> open(
      Vertx vertx, StoreSettings settings, Path data, QueryObserver observer) {
    return blocking(vertx, () -> new Stores(vertx, DataDirectory.lock(data)))
        .compose(
            stores ->
                Future.join(
                        stores.openDatabase(settings, observer).onSuccess(d -> stores.database = d),
                        stores.openRedis(settings).onSuccess(r -> stores.redis = r),
                        stores.openSecrets(settings).onSuccess(s -> stores.secrets = s))
                    .map(stores)
                    .recover(e -> stores.close().transform(x -> Future.failedFuture(e))));
  }

  /** PostgreSQL. */
  public Database database() {
    return database;
  }

  /** Redis. */
  public Redis redis() {
    return redis;
  }

  /** What seals secrets before they are kept. */
  public Secrets secrets() {
    return secrets;
  }

  /**
   * Reads the keyset anew, where these settings have it; gives whether other keys seal and open
   * from now on. Fails with a {@link StoreException}, and has changed nothing, where it is no good.
   */
  public Future<Boolean> reloadKeyset(StoreSettings settings) {
    return blocking(
        vertx,
        () -> {
          Keyset before = secrets.keys();
          secrets.use(
              settings.keyset().isEmpty()
                  ? new KeysetFile(directory.path().resolve(KeysetFile.NAME)).read()
                  : Keyset.parse(settings.keyset()));
          return !secrets.keys().keys().equals(before.keys());
        });
  }

  /**
   * Closes the connections, stops the embedded servers and gives the data directory back.
   * Idempotent.
   */
  public synchronized Future<Void> close() {
    if (closed == null) {
      closed =
          Future.join(
                  database == null ? Future.succeededFuture() : database.close(),
                  redis == null ? Future.succeededFuture() : redis.close())
              .transform(done -> blocking(vertx, this::stopServers));
    }
    return closed;
  }

  private Void stopServers() throws Exception {
    try (directory) {
      servers.stop();
    }
    return null;
  }

  private Future<Database> openDatabase(StoreSettings settings, QueryObserver observer) {
    Future<PgConnectOptions> target =
        settings.embeddedPostgres()
            ? blocking(vertx, servers::startPostgres).map(Stores::postgresOf)
            : Future.succeededFuture(PgConnectOptions.fromUri(settings.postgres()));
    return target.compose(options -> Database.open(vertx, options, settings, observer));
  }

  private Future<Redis> openRedis(StoreSettings settings) {
    Future<String> uri =
        settings.embeddedRedis()
            ? blocking(vertx, servers::startRedis).map(Stores::redisUri)
            : Future.succeededFuture(settings.redis());
    return uri.compose(u -> Redis.open(vertx, u, settings.redisTimeout()));
  }

  private Future<Secrets> openSecrets(StoreSettings settings) {
    return blocking(
        vertx,
        () ->
            settings.keyset().isEmpty()
                ? Secrets.open(directory.path().resolve(KeysetFile.NAME))
                : Secrets.of(settings.keyset()));
  }

  private static PgConnectOptions postgresOf(Endpoint endpoint) {
    return new PgConnectOptions()
        .setHost("127.0.0.1")
        .setPort(endpoint.port())
        .setUser(EmbeddedServers.postgresUser())
        .setPassword(endpoint.password())
        .setDatabase("postgres");
  }

  private static String redisUri(Endpoint endpoint) {
    return "redis://:%s@127.0.0.1:%d".formatted(endpoint.password(), endpoint.port());
  }

  /**
   * Runs work that blocks; its failures, which have messages for people, become {@link
   * StoreException}s.
   */
  private static <T> Future<T> blocking(Vertx vertx, Callable<T> work) {
    return vertx
        .executeBlocking(work, false)
        .recover(
            e ->
                Future.failedFuture(
                    e instanceof StoreException ? e : new StoreException(e.getMessage(), e)));
  }
}
