package dev.sluice;

import dev.sluice.app.Interceptor;
import dev.sluice.app.InterceptorSettings;
import dev.sluice.app.Interceptors.Listed;
import dev.sluice.app.interceptor.Analytics;
import dev.sluice.app.interceptor.Logging;
import dev.sluice.app.interceptor.Measuring;
import dev.sluice.conf.InvalidConfiguration;
import dev.sluice.conf.Nearest;
import dev.sluice.contract.Contract;
import dev.sluice.contract.Operation;
import io.vertx.core.json.JsonObject;
import java.lang.reflect.InvocationTargetException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** Finds the interceptors that the configuration names: the gateway's own, or classes. */
final class Interceptions {
  /** THE list of those that come with the gateway: a new one is one line here. */
  private static final Map<String, Supplier<Interceptor>> OWN =
      Map.of("logging", Logging::new, "metrics", Measuring::new, "analytics", Analytics::new);

  private Interceptions() {}

  /**
   * One for each entry, in order. Throws {@link InvalidConfiguration} with all mistakes, each
   * behind the JSON pointer of its place.
   */
  static List<Listed> of(List<InterceptorSettings> entries, Contract contract) {
    List<Listed> all = new ArrayList<>();
    List<String> mistakes = new ArrayList<>();
    List<String> known = contract.operations().stream().map(Operation::id).toList();
    for (int i = 0; i < entries.size(); i++) {
      InterceptorSettings entry = entries.get(i);
      String at = "/interceptors/" + i;
      for (int j = 0; j < entry.operations().size(); j++) {
        String id = entry.operations().get(j);
        if (known.contains(id)) continue;
        String hint = Nearest.hint(id, known);
        mistakes.add(at + "/operations/" + j + ": there is no operation \"" + id + "\"" + hint);
      }
      String part = "/name: ";
      try {
        Interceptor made = make(entry.name());
        part = "/settings: " + entry.name() + ": ";
        made.check(new JsonObject(entry.settings()));
        all.add(new Listed(entry, made));
      } catch (IllegalArgumentException e) {
        mistakes.add(at + part + e.getMessage());
      } catch (RuntimeException e) { // of somebody else's check
        mistakes.add(at + part + e);
      }
    }
    if (!mistakes.isEmpty()) throw new InvalidConfiguration(mistakes);
    return all;
  }

  private static Interceptor make(String name) {
    Supplier<Interceptor> own = OWN.get(name);
    if (own != null) return own.get();
    if (name.indexOf('.') < 0) {
      throw new IllegalArgumentException(
          "there is no interceptor \"" + name + "\"" + Nearest.hint(name, OWN.keySet()));
    }
    try {
      Class<?> type = Class.forName(name);
      if (Interceptor.class.isAssignableFrom(type)) {
        return (Interceptor) type.getConstructor().newInstance();
      }
      throw new IllegalArgumentException(name + " is no " + Interceptor.class.getName());
    } catch (ClassNotFoundException e) {
      throw new IllegalArgumentException(
          "there is no class "
              + name
              + " on the class path; start with java -cp \"sluice.jar:yours.jar\" dev.sluice.Main");
    } catch (InvocationTargetException e) {
      throw new IllegalArgumentException(name + ": its constructor threw " + e.getCause());
    } catch (NoSuchMethodException | IllegalAccessException | InstantiationException e) {
      throw new IllegalArgumentException(
          name + " must be a public class with a public constructor without arguments");
    } catch (LinkageError e) {
      throw new IllegalArgumentException(name + " cannot be loaded: " + e);
    }
  }
}
