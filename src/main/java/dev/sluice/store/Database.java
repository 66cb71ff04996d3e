package dev.sluice.store;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.net.ClientSSLOptions;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.SslMode;
import io.vertx.pgclient.pubsub.PgSubscriber;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.PoolOptions;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** PostgreSQL. Every query is observed and ends, one way or the other, within the query timeout. */
public final class Database {
  /** What the client waits longer than the server, so that the server's own timeout comes first. */
  private static final Duration MARGIN = Duration.ofSeconds(1);

  private static final int MAX_WAITING = 1_000;

  private final Vertx vertx;
  private final PgConnectOptions options;
  private final int poolSize;
  private final Observation observation;
  private final Pool pool;
  private volatile boolean hasRole;
  private volatile String version;
  private final Map<String, Pool> schemas = new ConcurrentHashMap<>();
  private final List<PgSubscriber> listeners = new CopyOnWriteArrayList<>();

  private Database(
      Vertx vertx, PgConnectOptions options, StoreSettings settings, QueryObserver observer) {
    this.vertx = vertx;
    this.poolSize = settings.poolSize();
    this.observation = new Observation(observer, settings.queryTimeout().plus(MARGIN));
    this.options =
        secured(options)
            .setCachePreparedStatements(true)
            .addProperty("statement_timeout", "" + settings.queryTimeout().toMillis());
    this.pool = newPool(this.options);
  }

  /** Connects once to see that the server is there; fails with a {@link StoreException} if not. */
  static Future<Database> open(
      Vertx vertx, PgConnectOptions options, StoreSettings settings, QueryObserver observer) {
    Database database = new Database(vertx, options, settings, observer);
    return ((ObservedPool) database.pool)
        .pool() // why not is to be said
        .query("SHOW server_version")
        .execute()
        .onSuccess(rows -> database.version = rows.iterator().next().getString(0))
        .compose(there -> AppRole.make(database.pool))
        .onSuccess(made -> database.hasRole = made)
        .map(database)
        .recover(e -> database.close().transform(x -> Future.failedFuture(away(options, e))));
  }

  /** Its version when it was connected to, as {@code 18.1}. */
  public String version() {
    return version.split(" ", 2)[0]; // packagers add their own
  }

  /** The pool for work in no particular schema. */
  public Pool pool() {
    return pool;
  }

  /**
   * The pool whose unqualified names mean this schema, and which may write what stands in its
   * tables but not change them; it opens its connections on demand.
   */
  public Pool schema(String schema) {
    return schemas.computeIfAbsent(schema, name -> newPool(of(name)));
  }

  private PgConnectOptions of(String schema) {
    PgConnectOptions own = new PgConnectOptions(options).addProperty("search_path", quoted(schema));
    return hasRole ? own.addProperty("role", AppRole.NAME) : own;
  }

  /** The most connections that one pool opens. */
  public int poolSize() {
    return poolSize;
  }

  /**
   * Brings a schema up to date, making it if need be; different schemas may be migrated side by
   * side.
   *
   * @param classpathLocation the directory of {@code V1__*.sql} and so on, such as {@code
   *     apps/mail/db}
   * @return fails with a {@link StoreException} that names the script
   */
  public Future<Void> migrate(String schema, String classpathLocation) {
    return vertx
        .executeBlocking(() -> new Scripts(classpathLocation).fingerprint(), false)
        .compose(
            wanted ->
                fingerprint(schema)
                    .compose(
                        found ->
                            wanted.equals(found)
                                ? Future.succeededFuture()
                                : runMigrations(schema, classpathLocation, wanted)));
  }

  /** Loading Flyway costs half a second, so a schema tells which scripts it has in its comment. */
  private Future<String> fingerprint(String schema) {
    return pool.preparedQuery(
            "SELECT obj_description(oid, 'pg_namespace') FROM pg_namespace WHERE nspname = $1")
        .mapping(row -> row.getString(0))
        .execute(Tuple.of(schema))
        .map(rows -> rows.size() == 0 ? null : rows.iterator().next());
  }

  private Future<Void> runMigrations(String schema, String location, String fingerprint) {
    Migrations migrations =
        new Migrations(jdbcUrl(options), options.getUser(), options.getPassword());
    Future<?> granted =
        hasRole ? pool.query(AppRole.grants(quoted(schema))).execute() : Future.succeededFuture();
    String remember = "COMMENT ON SCHEMA %s IS '%s'".formatted(quoted(schema), fingerprint);
    return granted
        .compose(
            done ->
                vertx.executeBlocking(
                    () -> {
                      migrations.run(schema, location);
                      return remember;
                    },
                    false))
        .compose(sql -> pool.query(sql).execute())
        .mapEmpty();
  }

  /**
   * Hears what is told on a channel (NOTIFY), through reconnects; done when it does.
   *
   * @param missed run each time that something may have been told and not heard
   */
  public Future<Void> listen(String channel, Consumer<String> heard, Runnable missed) {
    PgSubscriber subscriber =
        PgSubscriber.subscriber(vertx, options)
            .reconnectPolicy(retries -> Math.min(2_000L, 100L << Math.min(retries, 5)));
    listeners.add(subscriber);
    Promise<Void> listening = Promise.promise();
    subscriber
        .channel(channel)
        .handler(heard::accept)
        .subscribeHandler(
            subscribed -> {
              if (!listening.tryComplete()) missed.run();
            });
    return subscriber.connect().compose(connected -> listening.future());
  }

  /** Whether the server answers within a second; never fails. */
  public Future<Boolean> ping() {
    return pool.query("SELECT 1").execute().timeout(1, TimeUnit.SECONDS).map(true).otherwise(false);
  }

  Future<Void> close() {
    List<Future<Void>> closing = new ArrayList<>();
    listeners.forEach(listener -> closing.add(listener.close()));
    schemas.values().forEach(p -> closing.add(p.close()));
    closing.add(pool.close());
    return Future.join(closing).mapEmpty();
  }

  private Pool newPool(PgConnectOptions target) {
    PoolOptions limits =
        new PoolOptions()
            .setMaxSize(poolSize)
            .setMaxWaitQueueSize(MAX_WAITING)
            .setConnectionTimeout((int) observation.timeout().toMillis())
            .setConnectionTimeoutUnit(TimeUnit.MILLISECONDS)
            .setIdleTimeout(10)
            .setIdleTimeoutUnit(TimeUnit.MINUTES);
    return new ObservedPool(
        PgBuilder.pool().with(limits).connectingTo(target).using(vertx).build(), observation);
  }

  /**
   * As with libpq: {@code require} encrypts, {@code verify-ca} and {@code verify-full} also check.
   */
  private static PgConnectOptions secured(PgConnectOptions options) {
    SslMode mode = options.getSslMode();
    if (mode == SslMode.DISABLE || options.getSslOptions() != null) {
      return options;
    }
    boolean verify = mode == SslMode.VERIFY_CA || mode == SslMode.VERIFY_FULL;
    return options.setSslOptions(
        new ClientSSLOptions()
            .setTrustAll(!verify)
            .setHostnameVerificationAlgorithm(mode == SslMode.VERIFY_FULL ? "HTTPS" : ""));
  }

  private static String jdbcUrl(PgConnectOptions options) {
    return "jdbc:postgresql://%s:%d/%s?sslmode=%s"
        .formatted(
            options.getHost(),
            options.getPort(),
            options.getDatabase(),
            options.getSslMode().name().toLowerCase(java.util.Locale.ROOT).replace('_', '-'));
  }

  private static String quoted(String identifier) {
    return '"' + identifier.replace("\"", "\"\"") + '"';
  }

  private static StoreException away(PgConnectOptions options, Throwable cause) {
    return new StoreException(
        "PostgreSQL at %s:%d cannot be used: %s. Check that it runs there and that store.postgres is right."
            .formatted(options.getHost(), options.getPort(), cause.getMessage()),
        cause);
  }
}
