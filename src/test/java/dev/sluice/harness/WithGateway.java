package dev.sluice.harness;

import java.util.Map;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** Hands tests the one gateway of the suite, started when the first test wants it. */
public final class WithGateway implements ParameterResolver {
  private static final Map<String, String> SETTINGS =
      Map.of("SLUICE_PROVIDERS_TWITCH_TRAFFIC_RETRY_DELAY", "20ms");

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == RunningGateway.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return context
        .getRoot()
        .getStore(Namespace.GLOBAL)
        .getOrComputeIfAbsent("gateway", key -> new RunningGateway(SETTINGS), RunningGateway.class);
  }
}
