package dev.sluice;

import dev.sluice.conf.InvalidConfiguration;
import dev.sluice.contract.Contract;
import dev.sluice.contract.Operation;
import dev.sluice.http.forward.UpstreamSettings;
import dev.sluice.provider.Traffic;
import dev.sluice.provider.Upstream;
import dev.sluice.provider.http.HttpUpstream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** The upstreams that operations of the user's own documents are answered by, as providers. */
final class Origins {
  private Origins() {}

  /**
   * One for each upstream that an operation names. Throws {@link InvalidConfiguration} where its
   * name is a part's of the gateway, in health and metrics.
   */
  static Map<Upstream, Traffic> of(Contract contract, Settings settings, Set<String> taken) {
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
          String url = target.url().toString();
          Traffic traffic = target.traffic().with(target.connectTimeout());
          origins.put(new HttpUpstream(name, () -> url, operations), traffic);
        });
    return origins;
  }
}
