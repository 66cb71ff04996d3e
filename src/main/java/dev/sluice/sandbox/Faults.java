package dev.sluice.sandbox;

import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The faults to play, in the order they were added; a call meets the first that fits. */
final class Faults {

  private final Map<String, List<String>> operations = new LinkedHashMap<>();
  private final List<Fault> faults = new ArrayList<>();

  Faults(List<SimulatedProvider> providers) {
    for (SimulatedProvider provider : providers) {
      operations.put(provider.name(), provider.operations().stream().map(Operation::name).toList());
    }
  }

  Fault add(JsonObject json) {
    Fault fault = Fault.parse(json);
    List<String> known = fault.provider() == null ? null : operations.get(fault.provider());
    if (known == null) {
      throw new BadControl("provider must be one of " + operations.keySet());
    }
    if (fault.operation() != null && !known.contains(fault.operation())) {
      throw new BadControl("operation of " + fault.provider() + " must be one of " + known);
    }
    faults.add(fault);
    return fault;
  }

  /** The fault that this call meets, or {@link Fault#NONE}. */
  Fault take(String provider, String operation) {
    for (int i = 0; i < faults.size(); i++) {
      Fault fault = faults.get(i);
      if (fault.meets(provider, operation)) {
        Fault left = fault.met();
        if (left.times() != null && left.times() == 0) {
          faults.remove(i);
        } else {
          faults.set(i, left);
        }
        return fault;
      }
    }
    return Fault.NONE;
  }

  List<Fault> list() {
    return List.copyOf(faults);
  }

  void clear() {
    faults.clear();
  }
}
