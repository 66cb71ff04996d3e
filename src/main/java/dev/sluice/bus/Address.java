package dev.sluice.bus;

import dev.sluice.call.Deadline;
import dev.sluice.call.Failure;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.MessageConsumer;
import io.vertx.core.json.JsonObject;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A place on the event bus that takes one kind of record and gives another back.
 *
 * @param name the event-bus address
 * @param takes the request's class
 * @param gives the reply's class
 * @param local whether only verticles of this JVM may answer: true for shards and mailboxes, whose
 *     state is this node's own
 */
public record Address<Q extends Record, R extends Record>(
    String name, Class<Q> takes, Class<R> gives, boolean local) {
  private static final Logger LOG = LoggerFactory.getLogger(Address.class);

  /** An address that any node of a cluster may answer. */
  public static <Q extends Record, R extends Record> Address<Q, R> shared(
      String name, Class<Q> takes, Class<R> gives) {
    return new Address<>(name, takes, gives, false);
  }

  /** An address of this JVM alone. */
  public static <Q extends Record, R extends Record> Address<Q, R> local(
      String name, Class<Q> takes, Class<R> gives) {
    return new Address<>(name, takes, gives, true);
  }

  /** The address of one of several equal instances. */
  public Address<Q, R> at(int shard) {
    return new Address<>(name + "." + shard, takes, gives, local);
  }

  /**
   * Asks and waits no longer than the deadline. Fails with a {@link Failure} and nothing else:
   * {@code TIMEOUT} past the deadline, {@code SERVICE_UNAVAILABLE} where nobody serves.
   */
  public Future<R> ask(Vertx vertx, Q request, Deadline deadline) {
    long millis = deadline.remainingMillis();
    if (millis == 0) return Future.failedFuture(Failure.timeout("The service asked"));
    DeliveryOptions options = new DeliveryOptions().setSendTimeout(millis).setLocalOnly(local);
    return vertx
        .eventBus()
        .<R>request(name, request, options)
        .transform(
            (message, cause) ->
                cause == null ? given(message.body()) : Future.failedFuture(Failure.from(cause)));
  }

  private Future<R> given(Object body) {
    if (gives.isInstance(body)) return Future.succeededFuture(gives.cast(body));
    LOG.error("{} answered with something that is not a {}", name, gives.getName());
    return Future.failedFuture(Failure.internal());
  }

  /** Answers every request; a throw or a failed future becomes a {@link Failure} reply. */
  public MessageConsumer<Object> serve(Vertx vertx, Function<Q, Future<R>> work) {
    Function<Object, Future<R>> checked = body -> work.apply(takes.cast(body));
    return local
        ? vertx.eventBus().localConsumer(name, message -> answer(message, checked))
        : vertx.eventBus().consumer(name, message -> answer(message, checked));
  }

  /**
   * Answers every request like {@link #serve}, and also those that come as a plain JSON object,
   * from a neighbour that knows none of our records; they are answered in JSON, and refused with a
   * plain {@link io.vertx.core.eventbus.ReplyException}: the status, and {@code CODE: message}.
   */
  public MessageConsumer<Object> serveJsonToo(
      Vertx vertx,
      Function<JsonObject, Q> read,
      Function<R, JsonObject> write,
      Function<Q, Future<R>> work) {
    Function<Object, Future<?>> either =
        body ->
            body instanceof JsonObject json
                ? work.apply(read.apply(json)).map(write)
                : work.apply(takes.cast(body));
    return vertx.eventBus().consumer(name, message -> answer(message, either));
  }

  private <M> void answer(Message<M> message, Function<M, ? extends Future<?>> work) {
    try {
      work.apply(message.body()).onComplete(message::reply, e -> refuse(message, e));
    } catch (Throwable thrown) {
      refuse(message, thrown);
    }
  }

  private void refuse(Message<?> message, Throwable cause) {
    if (!(cause instanceof Failure)) LOG.error("{} failed unexpectedly", name, cause);
    Failure failure = Failure.from(cause);
    if (message.body() instanceof JsonObject) {
      message.fail(failure.status(), failure.code() + ": " + failure.getMessage());
    } else {
      message.reply(failure);
    }
  }
}
