package dev.sluice.app;

import dev.sluice.bus.Event;
import dev.sluice.bus.FlowWriter;
import dev.sluice.bus.Flows;
import dev.sluice.cache.CacheKey;
import dev.sluice.call.Body;
import dev.sluice.call.Call;
import dev.sluice.call.Claim;
import dev.sluice.call.Deadline;
import dev.sluice.call.Failure;
import dev.sluice.call.Reply;
import dev.sluice.contract.Contract;
import dev.sluice.contract.Operation;
import dev.sluice.guard.idempotency.Fence;
import dev.sluice.guard.idempotency.Idempotency;
import dev.sluice.guard.idempotency.Outcome;
import dev.sluice.guard.limit.Tallies;
import dev.sluice.identity.Identity;
import dev.sluice.job.Jobs;
import dev.sluice.observe.Metrics;
import dev.sluice.provider.Providers;
import dev.sluice.push.Pushes;
import dev.sluice.realtime.channel.Channels;
import dev.sluice.store.Redis;
import dev.sluice.store.Secrets;
import dev.sluice.webhook.Webhooks;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.ReadStream;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.SqlClient;
import io.vertx.sqlclient.SqlConnection;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What doors and apps do with a call: send it through its stations to whoever answers it. */
public final class Engine {
  private static final Logger LOG = LoggerFactory.getLogger(Engine.class);

  private final Vertx vertx;
  private final Contract contract;
  private final Stations stations;

  public Engine(Vertx vertx, Contract contract, Stations stations) {
    this.vertx = vertx;
    this.contract = contract;
    this.stations = stations;
  }

  public Contract contract() {
    return contract;
  }

  /**
   * Answers a call whose parameters are valid and whose caller was let in, by way of those who
   * intercept it.
   */
  public Future<Reply> answer(Call call) {
    Operation operation = contract.operation(call.operation());
    if (operation == null) {
      return Future.failedFuture(
          Failure.notFound("NOT_FOUND", "There is no operation " + call.operation() + "."));
    }
    if (!isIntercepted(operation)) return perform(operation, call);
    return stations.interceptors().answer(operation, call, asked -> perform(operation, asked));
  }

  /** Whether there is anyone who is to see each call to an operation. */
  public boolean isIntercepted(Operation operation) {
    return stations.interceptors().see(operation.id());
  }

  /**
   * From the cache where its policy has one, else from its origin, or as it was answered before
   * under the same key; a success makes the policy's tags stale.
   */
  private Future<Reply> perform(Operation operation, Call call) {
    if (CacheKey.applies(operation, call)) return stations.cache().lookup(operation, call);
    Future<Reply> reply = stations.idempotency().answer(operation, call, c -> run(operation, c));
    List<String> tags = operation.policy().invalidates();
    if (tags.isEmpty()) return reply;
    return reply.compose(
        r ->
            r.status() < 400
                ? stations.cache().invalidate(CacheKey.tags(tags, call)).map(r)
                : Future.succeededFuture(r));
  }

  private Future<Reply> run(Operation operation, Call call) {
    boolean later = call.wish().later() && operation.policy().async();
    if (later) return stations.putOff().put(this, operation, call);
    return operation
        .origin()
        .ask(vertx, call, call.deadline())
        .map(answer -> permitted(operation, answer));
  }

  /** A stream comes only where the contract has one: a client must know what it will get. */
  private Reply permitted(Operation operation, Reply reply) {
    if (!reply.body().isStreamed() || operation.policy().streamsReply()) return reply;
    LOG.error("{} answered with a stream; its policy needs streams: reply", operation.id());
    Flows.drop(vertx, reply.body());
    throw Failure.internal();
  }

  /** What has been counted of callers. */
  public Tallies tallies() {
    return stations.tallies();
  }

  /** Users and their sessions. */
  public Identity identity() {
    return stations.identity();
  }

  /** Where clients hear of events. */
  public Channels channels() {
    return stations.channels();
  }

  /** What the configuration says for an app at the moment, by the record of its section. */
  public <T extends Record> T settings(Class<T> section) {
    return stations.settings().of(section);
  }

  /** What all nodes share and may be away: what is kept there expires by itself. */
  public Redis redis() {
    return stations.stores().redis();
  }

  /** The database as an app has it: its own schema. */
  public Pool database(String app) {
    return stations.stores().database().schema(app);
  }

  /** What seals what must not be read by who merely has the database. */
  public Secrets secrets() {
    return stations.stores().secrets();
  }

  /** Where an app tells of itself what operators see. */
  public Metrics metrics() {
    return stations.metrics();
  }

  /** Where users have events told to. */
  public Webhooks webhooks() {
    return stations.webhooks();
  }

  /** Browsers that users have told of their events. */
  public Pushes pushes() {
    return stations.pushes();
  }

  /**
   * Tells an event to webhooks and browsers if a transaction happens, and with it; done when the
   * transaction needs no more for that. What listens on this node is told by {@link
   * #publish(Event)}, after it.
   */
  public Future<Void> publish(SqlClient transaction, Event event) {
    return stations
        .webhooks()
        .publish(transaction, event)
        .compose(told -> stations.pushes().publish(transaction, event))
        .mapEmpty();
  }

  /**
   * Tells an event to whoever hears of it; done when no webhook and no browser can miss it any
   * more. One that is told twice reaches clients once, and these, too.
   */
  public Future<Void> publish(Event event) {
    Event.TOPIC.publish(vertx, event);
    if (event.owner() != null) tell(event);
    return Future.join(stations.webhooks().publish(event), stations.pushes().publish(event))
        .mapEmpty();
  }

  /** Who is there hears of it; who is not has other ways. */
  private void tell(Event event) {
    channels()
        .publish(Channels.USER + ":" + event.owner(), event.type(), event.data(), event.id())
        .onFailure(e -> LOG.warn("{} is not told: {}", event.type(), e.getMessage()));
  }

  /**
   * Has every app remove what it keeps of a user, but for one, which does so itself; gives what
   * each has removed.
   */
  public Future<Map<String, Map<String, Long>>> forget(String user, String but, Deadline deadline) {
    List<String> apps =
        contract.operations().stream()
            .map(Operation::app)
            .distinct()
            .filter(app -> !app.equals(but))
            .toList();
    Map<String, Map<String, Long>> all = new TreeMap<>();
    List<Future<Forgotten>> asked = new ArrayList<>();
    for (String app : apps) {
      asked.add(
          Forget.address(app)
              .ask(vertx, new Forget(user), deadline)
              .onSuccess(
                  forgotten -> {
                    if (!forgotten.rows().isEmpty()) all.put(app, forgotten.rows());
                  }));
    }
    return Future.all(asked).map(all);
  }

  /**
   * Makes stale what a success of this call will, before others are told that it has happened: who
   * hears of it and asks at once must not be answered from before. Nothing fails by it.
   */
  public Future<Void> invalidate(Call call) {
    List<String> tags = contract.operation(call.operation()).policy().invalidates();
    return stations.cache().invalidate(CacheKey.tags(tags, call)).otherwiseEmpty();
  }

  /** Does what would hold an event loop up. */
  public <T> Future<T> aside(Callable<T> work) {
    return vertx.executeBlocking(work, false);
  }

  /** Work that waits. */
  public Jobs jobs() {
    return stations.jobs();
  }

  /** What the calls of users go by. */
  public Idempotency idempotency() {
    return stations.idempotency();
  }

  /**
   * Does what a call asks for in one transaction, in the schema of its app, and keeps the reply in
   * the same: where the call has a key, or was put off, its effect happens once, whoever dies
   * meanwhile. The handler answers with what this gives. Fails with CLAIM_LOST, and has no effect,
   * where another run has taken over.
   */
  public Future<Reply> transaction(Call call, Function<SqlConnection, Future<Reply>> work) {
    return transaction(contract.operation(call.operation()).app(), call, work);
  }

  /**
   * The same of what is one statement, which is a transaction by itself where nothing is kept with
   * it.
   */
  public Future<Reply> statement(Call call, Function<SqlClient, Future<Reply>> work) {
    if (call.wish().claim() != null) return transaction(call, work::apply);
    return work.apply(database(contract.operation(call.operation()).app()));
  }

  /** The same in the schema of what is kept of calls. */
  Future<Reply> kept(Call call, Function<SqlConnection, Future<Reply>> work) {
    return transaction(Idempotency.SCHEMA, call, work);
  }

  private Future<Reply> transaction(
      String schema, Call call, Function<SqlConnection, Future<Reply>> work) {
    Pool pool = stations.stores().database().schema(schema);
    Claim claim = call.wish().claim();
    if (claim == null) return pool.withTransaction(work);
    Fence fence = claim.of() == Claim.Of.JOB ? stations.jobs().fence() : stations.idempotency();
    return pool.withTransaction(
        transaction ->
            fence
                .hold(transaction, claim)
                .compose(held -> work.apply(transaction))
                .compose(r -> fence.keep(transaction, claim, Outcome.of(r)).map(r)));
  }

  /** A reply whose body is read from a source as the client takes it. */
  public Future<Reply> stream(String type, ReadStream<Buffer> source) {
    return stream(type, source, () -> {});
  }

  /**
   * The same.
   *
   * @param released run once, when the source is not read any more: at its end, when it has failed,
   *     or when the client has left
   */
  public Future<Reply> stream(String type, ReadStream<Buffer> source, Runnable released) {
    return Flows.carry(vertx, source, released)
        .map(flow -> Reply.of(200, Body.streamed(flow, type)));
  }

  /** A stream to write to; its {@link FlowWriter#reply} is what the handler answers with. */
  public FlowWriter open() {
    return Flows.open(vertx);
  }

  /** The body of a call as a stream, which can be read once. */
  public ReadStream<Buffer> body(Call call) {
    return Flows.read(vertx, call.body());
  }

  /** Asks a provider, in that provider's own operations. */
  public Future<Reply> ask(String provider, Call call) {
    return Providers.address(provider).ask(vertx, call, call.deadline());
  }
}
