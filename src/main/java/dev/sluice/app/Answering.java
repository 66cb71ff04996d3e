package dev.sluice.app;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.eventbus.MessageConsumer;
import java.util.ArrayList;
import java.util.List;

/** A verticle that answers at addresses which another is to take over while it lives. */
public abstract class Answering extends VerticleBase {
  private final List<MessageConsumer<?>> consumers = new ArrayList<>();

  /** Answers at an address from now on; done when others can reach it. */
  Future<Void> answers(MessageConsumer<?> consumer) {
    consumers.add(consumer);
    return consumer.completion();
  }

  /** Takes nothing new, and goes on with what it has; any thread. */
  public final void leave() {
    context.runOnContext(v -> consumers.forEach(MessageConsumer::unregister));
  }
}
