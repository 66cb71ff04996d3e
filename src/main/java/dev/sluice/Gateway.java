package dev.sluice;

import dev.sluice.app.App;
import dev.sluice.app.Interceptors;
import dev.sluice.app.Resealing;
import dev.sluice.bus.RecordCodec;
import dev.sluice.contract.Contract;
import dev.sluice.framing.Sockets;
import dev.sluice.guard.Authenticate;
import dev.sluice.guard.CrossSite;
import dev.sluice.guard.Guards;
import dev.sluice.http.HttpDoor;
import dev.sluice.http.ServerSettings;
import dev.sluice.identity.Identity;
import dev.sluice.observe.AccessLog;
import dev.sluice.observe.Health;
import dev.sluice.observe.Health.Status;
import dev.sluice.observe.Metrics;
import dev.sluice.observe.Tracing;
import dev.sluice.provider.Providers;
import dev.sluice.provider.Traffic;
import dev.sluice.provider.Upstream;
import dev.sluice.provider.email.Email;
import dev.sluice.push.Pushes;
import dev.sluice.realtime.channel.Channels;
import dev.sluice.store.Keyset;
import dev.sluice.store.StoreSettings;
import dev.sluice.store.Stores;
import dev.sluice.upstream.Upstreams;
import dev.sluice.webhook.Webhooks;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxBuilder;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The wiring: which apps and upstreams there are, in what order all starts, and how it ends. */
public final class Gateway {
  private static final Logger LOG = LoggerFactory.getLogger(Gateway.class);

  private final Tracing tracing;
  private final Vertx vertx;
  private final Sockets sockets;
  private final Metrics metrics = new Metrics();
  private final Health health = new Health();
  private final Mounted mounted;
  private final Providers providers;
  private final Email email;
  private final Interceptors interceptors;
  private final Mounts mounts;
  private final Settings start;
  private volatile Current current;
  private volatile AccessLog accessLog; // once there, it stays: old requests write to it
  private Stores stores;
  private Lasting lasting;
  private Resealing resealing;
  private volatile Upstreams upstreams;
  private HttpDoor door;
  private Promise<Void> closed;

  private Gateway(Settings settings, Mounts mounts) {
    this.start = settings;
    this.mounts = mounts;
    check(settings, mounts);
    this.tracing = Tracing.to(settings.observe()).orElse(null);
    this.sockets = HttpDoor.transport(settings.server());
    VertxBuilder builder = Vertx.builder().withTransport(sockets);
    if (tracing != null) builder.withTracer(tracing.factory());
    this.vertx = builder.build();
    this.mounted = new Mounted(vertx, () -> current.settings().server().json());
    this.providers = new Providers(vertx, metrics, health);
    this.email = new Email(vertx, metrics, health);
    this.interceptors = new Interceptors(vertx, metrics);
    RecordCodec.register(vertx);
  }

  /**
   * Starts a gateway. Throws or fails with a message for a person; nothing is left running then.
   */
  public static Future<Gateway> start(Settings settings, Mounts mounts) {
    Gateway gateway = new Gateway(settings, mounts);
    Promise<Gateway> started = Promise.promise(); // of no event loop: a failed start ends them all
    gateway
        .open()
        .onSuccess(opened -> started.complete(gateway))
        .onFailure(e -> gateway.close().onComplete(closed -> started.fail(e)));
    return started.future();
  }

  /** The contract of what would be mounted. Throws InvalidConfiguration. */
  public static Contract check(Settings settings) {
    return check(settings, Mounts.standard(settings));
  }

  private static Contract check(Settings settings, Mounts mounts) {
    Contract contract = Contracts.of(Contracts.choose(settings.apps(), mounts.apps()), settings);
    origins(contract, settings, mounts, name -> List.of());
    Interceptions.of(settings.interceptors(), contract);
    return contract;
  }

  /** Everything that is asked over HTTP: providers, and upstreams that operations name. */
  static Map<Upstream, Traffic> origins(
      Contract contract, Settings settings, Mounts mounts, Function<String, List<String>> urls) {
    Set<String> taken = new HashSet<>(Set.of("postgres", "redis"));
    mounts.upstreams().keySet().forEach(provider -> taken.add(provider.name()));
    Map<Upstream, Traffic> all = new LinkedHashMap<>(mounts.upstreams());
    all.putAll(Origins.of(contract, settings, taken, urls));
    return all;
  }

  /** From the bottom of the house to its door. */
  private Future<?> open() {
    return Stores.open(vertx, start.store(), Path.of(start.data()), new StoreMeters(metrics))
        .onSuccess(opened -> stores = opened)
        .compose(opened -> mount());
  }

  private Future<?> mount() {
    lasting = new Lasting(vertx, stores, start, metrics, interceptors, () -> current);
    current = Current.first(start, surroundings(mounts));
    lasting.identity().judge(current.tokens());
    resealing = new Resealing(vertx, stores, metrics, mounts.apps());
    watch();
    List<Future<?>> inside = new ArrayList<>();
    current.origins().forEach((u, t) -> inside.add(providers.deploy(u, t)));
    inside.add(email.open(start.providers().smtp()));
    inside.add(lasting.begin());
    return lasting
        .prepare(current.apps())
        .compose(prepared -> interceptors(current))
        .onSuccess(prepared -> prepared.use())
        .compose(prepared -> mounted.mount(current.apps(), current.engine()))
        .compose(mounted -> Future.all(inside))
        .compose(ready -> Upstreams.open(vertx, start.upstreams(), metrics, health))
        .onSuccess(opened -> upstreams = opened)
        .compose(opened -> HttpDoor.open(vertx, sockets, inside(current, opened), outlook(current)))
        .onSuccess(opened -> door = opened)
        .compose(opened -> lasting.work(current.apps()))
        .onSuccess(working -> resealing.run());
  }

  private void watch() {
    metrics.gauge(
        "db.connection.pool.size", "Connections to PostgreSQL", stores.database()::poolSize);
    health.add("postgres", () -> stores.database().ping().map(up -> up ? Status.UP : Status.DOWN));
    health.add(
        "redis",
        () -> Future.succeededFuture(stores.redis().available() ? Status.UP : Status.DEGRADED));
    health.version("postgres", () -> Future.succeededFuture(stores.database().version()));
    health.version("redis", stores.redis()::version);
  }

  private Current.Surroundings surroundings(Mounts mounts) {
    return new Current.Surroundings(
        mounts, vertx, lasting.stations(), name -> upstreams.urls(name));
  }

  private Future<Interceptors.Prepared> interceptors(Current by) {
    Contract contract = by.contract();
    return interceptors.prepare(
        Interceptions.of(by.settings().interceptors(), contract), contract.operations());
  }

  private HttpDoor.Inside inside(Current by, Upstreams leading) {
    Settings settings = by.settings();
    HttpDoor.Forwarding forwarding =
        new HttpDoor.Forwarding(settings.routes(), leading, lasting.stored());
    CrossSite crossSite =
        new CrossSite(settings.server().cors().withCookies(), lasting.identity()::csrf);
    Guards guards =
        new Guards(
            new Authenticate(by.tokens(), by.accounts(lasting.identity())), crossSite, by.limits());
    return new HttpDoor.Inside(
        by.engine(),
        lasting.stations().cache(),
        guards,
        forwarding,
        settings.server(),
        settings.sockets());
  }

  private HttpDoor.Outlook outlook(Current by) {
    boolean logs = by.settings().observe().accessLog();
    if (logs && accessLog == null) {
      accessLog = new AccessLog(new FileOutputStream(FileDescriptor.out));
    }
    return new HttpDoor.Outlook(metrics, logs ? accessLog : null, health, Main.version());
  }

  /**
   * Works by other settings from now on; what is under way goes on by the old ones, connections and
   * the cache stay. Throws or fails with a message for a person, and has changed nothing then. One
   * at a time, and not on an event loop.
   *
   * @param settings of which nothing differs but what {@link Differences} takes for live
   * @param asked the names of the providers whose settings differ
   */
  public Future<Void> reload(Settings settings, Mounts mounts, Set<String> asked) {
    Current old = current;
    Current next = old.next(settings, surroundings(mounts));
    Duration drain = old.settings().server().drainTimeout();
    return interceptors(next)
        .compose(
            seeing ->
                swap(old, next, asked, seeing)
                    .onSuccess(done -> seeing.retire(drain))
                    .onFailure(e -> seeing.drop()))
        .onSuccess(
            done -> {
              current = next;
              next.limits().settle();
              lasting.use(settings);
              lasting.identity().judge(next.tokens());
              lasting
                  .work(next.without(old))
                  .onFailure(e -> LOG.warn("jobs are not done: {}", e.getMessage()));
              providers.keep(next.originNames(), drain);
              if (asked.contains(Email.NAME)) email.use(settings.providers().smtp());
              mounted.unmountAfter(drain, old.without(next));
            });
  }

  /** Has the door lead to what is mounted and asked under other settings. */
  private Future<Void> swap(
      Current old, Current next, Set<String> asked, Interceptors.Prepared seeing) {
    List<App> added = next.without(old);
    Duration drain = old.settings().server().drainTimeout();
    return lasting
        .prepare(added)
        .compose(prepared -> mounted.mount(added, next.engine()))
        .compose(mounted -> prepare(old, next, asked))
        .onSuccess(prepared -> seeing.use()) // before the door leads to what they must see
        .compose(
            prepared ->
                turn(next)
                    .onSuccess(done -> prepared.forEach(provider -> provider.use(drain)))
                    .onFailure(e -> prepared.forEach(Providers.Prepared::drop)))
        .onFailure(e -> mounted.unmount(added));
  }

  /** Has the door lead to the upstreams of other settings. */
  private Future<Void> turn(Current next) {
    Upstreams before = upstreams;
    return before
        .next(next.settings().upstreams())
        .compose(
            then -> {
              upstreams = then;
              return door.reload(inside(next, then), outlook(next))
                  .onSuccess(done -> before.retire(then))
                  .onFailure(
                      e -> {
                        upstreams = before;
                        then.retire(before);
                      });
            });
  }

  /** Makes those origins ready that are new, or are to be asked in another way. */
  private Future<List<Providers.Prepared>> prepare(Current old, Current next, Set<String> asked) {
    List<Future<Providers.Prepared>> prepared = new ArrayList<>();
    next.origins()
        .forEach(
            (upstream, traffic) -> {
              if (asked.contains(upstream.name()) || next.asksAnew(upstream.name(), old)) {
                prepared.add(providers.prepare(upstream, traffic));
              }
            });
    return Future.join(prepared)
        .onFailure(e -> prepared.forEach(p -> p.onSuccess(Providers.Prepared::drop)))
        .map(all -> all.list());
  }

  /** The port of the HTTP door. */
  public int port() {
    return door.port();
  }

  /** The port of the HTTP door for TLS; 0 without. */
  public int tlsPort() {
    return door.tlsPort();
  }

  /**
   * Reads the files of the door's certificate anew. Fails with a message for a person where they
   * are no good; the certificate before stays in use.
   */
  public Future<Void> reloadCertificates() {
    return door.reloadCertificates();
  }

  /**
   * Seals by the keyset that these settings have now, and anew what older keys have sealed. Fails
   * with a message for a person where it is no good; the one before stays in use.
   */
  Future<Void> reloadKeyset(StoreSettings settings) {
    return stores
        .reloadKeyset(settings)
        .onSuccess(
            changed -> {
              if (!changed) return;
              LOG.info("another keyset in use; {} seals", stores.secrets().keys().sealing().name());
              resealing.run();
            })
        .mapEmpty();
  }

  /** How many secrets are sealed with these keys. */
  Future<Long> sealedWith(List<Keyset.Key> keys) {
    return resealing.count(keys);
  }

  /** A token for an operator. Fails with a message for a person. */
  Future<String> token(TokenWish wish) {
    if (!current.settings().apps().contains(Identity.NAME)) {
      return Future.failedFuture("This gateway keeps no users: add identity to apps.");
    }
    return lasting.identity().operatorToken(wish.user(), wish.roles(), wish.lifetime());
  }

  /** For tests that look inside. */
  public Identity identity() {
    return lasting.identity();
  }

  /** For tests that look inside. */
  public Webhooks webhooks() {
    return lasting.stations().webhooks();
  }

  /** For tests that look inside. */
  public Channels channels() {
    return lasting.stations().channels();
  }

  /** For tests that look inside. */
  public Pushes pushes() {
    return lasting.stations().pushes();
  }

  /** For sibling verticles, and tests that look inside. */
  public Vertx vertx() {
    return vertx;
  }

  Metrics metrics() {
    return metrics;
  }

  /** How long {@link #close} may take until what is under way has to be given up. */
  Duration longestDrain() {
    ServerSettings server = current.settings().server();
    return server.drainDelay().plus(server.drainTimeout());
  }

  /**
   * Says that it is not ready, after a delay takes nothing new, lets what is under way finish, and
   * closes from the door down. Idempotent.
   */
  public synchronized Future<Void> close() {
    if (closed != null) return closed.future();
    closed = Promise.promise(); // of no event loop: this outlives them
    health.drain();
    Future<Void> drained = door == null ? Future.succeededFuture() : drain();
    drained
        .transform(done -> interceptors.close())
        .transform(done -> lasting == null ? Future.succeededFuture() : lasting.close())
        .transform(done -> stores == null ? Future.succeededFuture() : stores.close())
        .onComplete(done -> vertx.close().onComplete(ended -> finish()));
    return closed.future();
  }

  private Future<Void> drain() {
    long delay = current.settings().server().drainDelay().toMillis();
    if (delay == 0) return leave();
    return vertx.timer(delay, TimeUnit.MILLISECONDS).compose(noticed -> leave());
  }

  private Future<Void> leave() {
    Duration longest = current.settings().server().drainTimeout();
    lasting.stations().channels().leave(); // before the door closes their sockets
    return Future.join(door.drain(), lasting.leave(longest)).mapEmpty();
  }

  private void finish() {
    if (tracing != null) tracing.close();
    if (accessLog != null) accessLog.close();
    metrics.close();
    closed.complete();
  }
}
