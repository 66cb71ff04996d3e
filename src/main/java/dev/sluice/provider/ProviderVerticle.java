package dev.sluice.provider;

import dev.sluice.bus.Address;
import dev.sluice.bus.Cancel;
import dev.sluice.call.Call;
import dev.sluice.call.Reply;
import dev.sluice.observe.Health;
import dev.sluice.observe.Metrics;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.eventbus.MessageConsumer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Answers at one provider's address, from one thread. When the provider's settings change, a new
 * station takes the calls that come from then on and the old one answers those it has.
 */
final class ProviderVerticle extends VerticleBase {
  private final Metrics metrics;
  private final String name;
  private final Set<Station> retiring = new HashSet<>();
  private final Map<String, MessageConsumer<?>> answering = new HashMap<>();
  private Upstream upstream;
  private Traffic traffic;
  private volatile Station station;

  ProviderVerticle(Upstream upstream, Traffic traffic, Metrics metrics) {
    this.name = upstream.name();
    this.upstream = upstream;
    this.traffic = traffic;
    this.metrics = metrics;
  }

  @Override
  public Future<?> start() {
    station = new Station(vertx, upstream, traffic, metrics);
    ProviderMeters.register(metrics, name, () -> station);
    Cancel.TOPIC.listen(
        vertx,
        cancelled -> {
          station.cancel(cancelled);
          retiring.forEach(old -> old.cancel(cancelled));
        });
    Future<?> own = Providers.address(name).serve(vertx, this::accept).completion();
    return Future.join(own, serve(upstream.origins()));
  }

  /** Answers operations at their own addresses: these, and no others any more. */
  private Future<?> serve(List<Address<Call, Reply>> origins) {
    Set<String> wanted = new HashSet<>();
    List<Future<?>> serving = new ArrayList<>();
    for (Address<Call, Reply> origin : origins) {
      wanted.add(origin.name());
      if (answering.containsKey(origin.name())) continue;
      MessageConsumer<?> consumer = origin.serve(vertx, this::accept);
      answering.put(origin.name(), consumer);
      serving.add(consumer.completion());
    }
    answering
        .entrySet()
        .removeIf(
            known -> {
              if (wanted.contains(known.getKey())) return false;
              known.getValue().unregister();
              return true;
            });
    return Future.join(serving);
  }

  @Override
  public Future<?> stop() {
    retiring.forEach(Station::close);
    return station.close();
  }

  private Future<Reply> accept(Call call) {
    return station.accept(call);
  }

  /** Makes a station that would take the calls to come; from any thread. */
  Future<Station> prepare(Upstream next, Traffic how) {
    Promise<Station> prepared = Promise.promise();
    context.runOnContext(
        v -> {
          try {
            prepared.complete(new Station(vertx, next, how, metrics));
          } catch (RuntimeException e) {
            prepared.fail(e);
          }
        });
    return prepared.future();
  }

  /** Gives the calls that come from now on to this station; from any thread. */
  void use(Station next, Duration drain) {
    context.runOnContext(
        v -> {
          Station old = station;
          station = next;
          serve(next.origins());
          retire(old, drain);
        });
  }

  /** What has been prepared will not be used; from any thread. */
  void drop(Station prepared) {
    context.runOnContext(v -> retire(prepared, Duration.ZERO));
  }

  private void retire(Station old, Duration drain) {
    retiring.add(old);
    old.retire(drain).onComplete(done -> retiring.remove(old));
  }

  /** Any thread; DOWN before it has started. */
  Health.Status status() {
    Station now = station;
    return now == null ? Health.Status.DOWN : now.status();
  }
}
