package dev.sluice;

import dev.sluice.app.App;
import dev.sluice.app.Engine;
import java.util.Map;

/** A document of the user's own, mounted: its operations have origins over HTTP and no handlers. */
final class OwnApi implements App {
  private final String name;

  OwnApi(String name) {
    this.name = name;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Map<String, Handler> handlers(Engine engine) {
    return Map.of();
  }
}
