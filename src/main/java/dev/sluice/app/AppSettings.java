package dev.sluice.app;

import java.util.HashMap;
import java.util.Map;

/** What the configuration says for apps: a section each, a record of the app's own package. */
public final class AppSettings {
  private volatile Map<Class<?>, Record> sections;

  public AppSettings(Record... sections) {
    use(sections);
  }

  /** Goes by these from now on. */
  public final void use(Record... those) {
    Map<Class<?>, Record> next = new HashMap<>();
    for (Record section : those) next.put(section.getClass(), section);
    sections = Map.copyOf(next);
  }

  /** A section as it is at the moment. */
  <T extends Record> T of(Class<T> section) {
    return section.cast(sections.get(section));
  }
}
