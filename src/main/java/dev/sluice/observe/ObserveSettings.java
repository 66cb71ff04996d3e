package dev.sluice.observe;

/**
 * The {@code observe} section.
 *
 * @param accessLog whether every request writes a line to standard output
 * @param otlp an OpenTelemetry collector's OTLP/gRPC endpoint such as {@code http://host:4317};
 *     empty, nothing is exported
 * @param serviceName the service.name that traces carry
 */
public record ObserveSettings(boolean accessLog, String otlp, String serviceName) {
  public ObserveSettings {
    if (!otlp.isEmpty() && !otlp.matches("https?://[^/]+.*")) {
      throw new IllegalArgumentException("otlp is no URL such as http://host:4317");
    }
  }
}
