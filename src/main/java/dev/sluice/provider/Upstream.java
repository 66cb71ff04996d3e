package dev.sluice.provider;

import dev.sluice.bus.Address;
import dev.sluice.call.Call;
import dev.sluice.call.Reply;
import io.vertx.core.Future;
import java.util.List;

/**
 * What a provider implements: how its calls are written and its answers read. All methods run on
 * the provider verticle's one thread, so plain fields are safe.
 */
public interface Upstream {

  /** Its name in configuration, metrics and errors. */
  String name();

  /** The setting without which it cannot be called, such as {@code providers.x.key}; or null. */
  default String missingSetting() {
    return null;
  }

  /** The operations whose only origin it is: it is asked at their addresses, too. */
  default List<Address<Call, Reply>> origins() {
    return List.of();
  }

  /**
   * Whether an answer that may be worth another try is, where there is none, the caller's to read:
   * {@link #read} is then given it like any other, and a 429 pauses others only where a quota is
   * set, for it may be one caller's alone. False: the call fails.
   */
  default boolean passesOn(int status) {
    return false;
  }

  /** Told once, before the first call. */
  default void start(Outlet outlet) {}

  /** Calls that arrive together under equal keys leave as one request; null leaves alone. */
  default BatchKey batch(Call call) {
    return null;
  }

  /**
   * Whether a 2xx answer to this call is passed on as it comes: {@link #read} is then given its
   * head and a flow. Such a call leaves alone, and is not repeated once the head is here.
   */
  default boolean streams(Call call) {
    return false;
  }

  /**
   * Writes the request for these calls, of which there is one unless {@link #batch} joined them.
   */
  Future<UpstreamRequest> write(List<Call> calls);

  /**
   * Reads an answer that is neither a 5xx nor a 429, but where {@link #passesOn} says so: one
   * outcome a call, in order. A throw means that the provider broke its own contract.
   */
  List<Future<Reply>> read(List<Call> calls, UpstreamAnswer answer);

  /** After a 401: gets a new credential. True where the same calls are worth another try. */
  default Future<Boolean> renew(List<Call> calls, UpstreamAnswer answer) {
    return Future.succeededFuture(false);
  }

  /** Which of the provider's buckets these calls draw from. */
  default String quotaKey(List<Call> calls) {
    return "";
  }

  /** What an answer's headers say about the quota; null where they say nothing. */
  default QuotaNews quota(UpstreamAnswer answer) {
    return null;
  }

  /**
   * Calls under one key may leave together.
   *
   * @param key equal for calls that fit in one request
   * @param most how many the provider takes at once
   */
  record BatchKey(String key, int most) {}

  /**
   * A provider's own word on its bucket.
   *
   * @param limit points when full
   * @param remaining points left
   * @param resetEpochMillis when it is full again
   */
  record QuotaNews(int limit, int remaining, long resetEpochMillis) {}
}
