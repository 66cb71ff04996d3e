package dev.sluice.app;

import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/**
 * One entry of the {@code interceptors} section; what is not given is as here.
 *
 * @param name one of the gateway's own, or the name of a class on the class path
 * @param operations whose calls it sees; empty, all
 * @param timeout how long it may take, without what {@code next} takes
 * @param onFailure what becomes of a call when it fails
 * @param worker whether it may block, and so runs on threads of its own
 * @param breaker when one that keeps failing is taken out
 * @param settings its own
 */
public record InterceptorSettings(
    String name,
    List<String> operations,
    Duration timeout,
    OnFailure onFailure,
    Boolean worker,
    Breaker breaker,
    Map<String, Object> settings) {

  /** What becomes of a call whose interceptor fails. */
  public enum OnFailure {
    /** It goes on as if there were no interceptor. */
    SKIP,
    /** It is refused. */
    REFUSE
  }

  /**
   * One that failed so often within 10 s is taken out.
   *
   * @param failures how often
   * @param reset for how long; then one call tries it again
   */
  public record Breaker(Integer failures, Duration reset) {
    public Breaker {
      if (failures == null) failures = 5;
      if (reset == null) reset = Duration.ofSeconds(30);
      must(failures > 0, "failures must be above 0");
      must(reset.toMillis() > 0, "reset must be above 0");
    }
  }

  public InterceptorSettings {
    must(name != null && !name.isBlank(), "name is missing");
    operations = operations == null ? List.of() : List.copyOf(operations);
    if (timeout == null) timeout = Duration.ofMillis(100);
    if (onFailure == null) onFailure = OnFailure.SKIP;
    if (worker == null) worker = false;
    if (breaker == null) breaker = new Breaker(null, null);
    settings = settings == null ? Map.of() : Collections.unmodifiableMap(settings);
    must(timeout.toMillis() > 0, "timeout must be above 0");
    must(timeout.toMinutes() < 10, "timeout must be below 10 minutes");
  }

  private static void must(boolean so, String otherwise) {
    if (!so) throw new IllegalArgumentException(otherwise);
  }
}
