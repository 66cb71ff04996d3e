package dev.sluice.job;

import dev.sluice.call.Priority;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.UUID;

/**
 * Work to put off.
 *
 * @param kind who does it
 * @param operation what is done, for people and meters
 * @param owner whose it is
 * @param ordered whether it is done after those of the same owner's that came before
 * @param payload what whoever does it needs to know
 * @param pause how long it waits before the first attempt
 */
public record NewJob(
    UUID id,
    String kind,
    String operation,
    Owner owner,
    boolean ordered,
    Priority priority,
    Buffer payload,
    Duration pause) {

  /**
   * Whose jobs they are.
   *
   * @param name by which they are counted and put in order
   * @param subject the user; null where nobody known has asked
   * @param most how many may be open at once; null, as many as there are
   */
  public record Owner(String name, String subject, Integer most) {}
}
