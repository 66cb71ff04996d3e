package dev.sluice;

import dev.sluice.conf.InvalidConfiguration;
import dev.sluice.contract.Contract;
import dev.sluice.contract.Operation;
import dev.sluice.provider.Traffic;
import dev.sluice.provider.Upstream;
import dev.sluice.provider.http.HttpUpstream;
import dev.sluice.upstream.UpstreamSettings;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.Supplier;

/** The upstreams that operations of the user's own documents are answered by, as providers. */
final class Origins {
  private Origins() {}

  /**
   * One for each upstream that an operation names. Throws {@link InvalidConfiguration} where its
   * name is a part's of the gateway, in health and metrics.
   *
   * @param urls where an upstream can be asked at the moment, by its name
   */
  static Map<Upstream, Traffic> of(
      Contract contract,
      Settings settings,
      Set<String> taken,
      Function<String, List<String>> urls) {
    Map<String, List<Operation>> byUpstream = new TreeMap<>();
    for (Operation operation : contract.operations()) {
      if (operation.relay() == null) continue;
      byUpstream
          .computeIfAbsent(operation.relay().upstream(), name -> new ArrayList<>())
          .add(operation);
    }
    Map<Upstream, Traffic> origins = new LinkedHashMap<>();
    byUpstream.forEach(
        (name, operations) -> {
          if (taken.contains(name)) {
            throw new InvalidConfiguration(
                "upstreams: " + name + " is a part's name of the gateway; call it something else");
          }
          UpstreamSettings target = settings.upstreams().get(name);
          Traffic traffic = target.traffic().with(target.connectTimeout());
          origins.put(new HttpUpstream(name, turns(name, urls), operations), traffic);
        });
    return origins;
  }

  /** The targets in turn; those that were, where the upstream is no more. */
  private static Supplier<String> turns(String name, Function<String, List<String>> urls) {
    AtomicInteger turn = new AtomicInteger();
    AtomicReference<List<String>> last = new AtomicReference<>(List.of());
    return () -> {
      List<String> now = urls.apply(name);
      if (!now.isEmpty()) last.set(now);
      List<String> targets = last.get();
      return targets.get(Math.floorMod(turn.getAndIncrement(), targets.size()));
    };
  }
}
