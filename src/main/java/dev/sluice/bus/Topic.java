package dev.sluice.bus;

import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.MessageConsumer;
import java.util.function.Consumer;

/**
 * A name under which events of one kind are told to everyone of this JVM who listens.
 *
 * @param name the event-bus address
 * @param event the event's class
 */
public record Topic<E extends Record>(String name, Class<E> event) {
  private static final DeliveryOptions LOCAL = new DeliveryOptions().setLocalOnly(true);

  public void publish(Vertx vertx, E event) {
    vertx.eventBus().publish(name, event, LOCAL);
  }

  public MessageConsumer<E> listen(Vertx vertx, Consumer<E> work) {
    return vertx.eventBus().localConsumer(name, message -> work.accept(event.cast(message.body())));
  }
}
