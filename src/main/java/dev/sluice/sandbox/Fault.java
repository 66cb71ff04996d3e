package dev.sluice.sandbox;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.vertx.core.json.JsonObject;
import java.util.List;

/**
 * A misbehaviour to play instead of, or before, the right answer.
 *
 * @param operation null for every operation of the provider
 * @param status answer this status with the provider's own error body
 * @param delayMs wait so long before the right or faulty answer
 * @param dropConnection close the socket without an answer ({@code true}), or after the headers and
 *     half of the body ({@code "body"})
 * @param garbage send a body that is not JSON, with {@code status} or 200
 * @param times how many calls it still meets; null until it is deleted
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record Fault(
    String provider,
    String operation,
    Integer status,
    long delayMs,
    Object dropConnection,
    boolean garbage,
    Integer times) {

  static final List<String> KEYS =
      List.of("provider", "operation", "status", "delayMs", "dropConnection", "garbage", "times");

  static final String EXAMPLE =
      "{provider, operation?, status?: 400-599, delayMs?, dropConnection?: true|\"body\","
          + " garbage?: true, times?}";

  static final Fault NONE = new Fault(null, null, null, 0, null, false, null);

  private static final long LONGEST_DELAY = 600_000;

  /** Reads one from JSON; the provider and operation are checked by {@link Faults}. */
  static Fault parse(JsonObject json) {
    for (String key : json.fieldNames()) {
      require(KEYS.contains(key), "Unknown key '" + key + "'. Valid keys: " + KEYS);
    }
    Fault fault =
        new Fault(
            text(json, "provider"),
            text(json, "operation"),
            whole(json, "status", 400, 599),
            json.containsKey("delayMs") ? whole(json, "delayMs", 0, LONGEST_DELAY) : 0,
            drop(json.getValue("dropConnection")),
            flag(json, "garbage"),
            whole(json, "times", 1, Integer.MAX_VALUE));
    require(
        fault.status != null || fault.delayMs > 0 || fault.dropConnection != null || fault.garbage,
        "Nothing to play: give at least one of status, delayMs, dropConnection, garbage");
    require(
        !fault.dropsAtOnce() || (fault.status == null && !fault.garbage),
        "dropConnection true sends no answer, so status and garbage do not go with it");
    return fault;
  }

  boolean dropsAtOnce() {
    return Boolean.TRUE.equals(dropConnection);
  }

  boolean dropsInBody() {
    return "body".equals(dropConnection);
  }

  boolean meets(String calledProvider, String calledOperation) {
    return calledProvider.equals(provider)
        && (operation == null || operation.equals(calledOperation));
  }

  Fault met() {
    return times == null
        ? this
        : new Fault(provider, operation, status, delayMs, dropConnection, garbage, times - 1);
  }

  private static String text(JsonObject json, String key) {
    Object value = json.getValue(key);
    require(value == null || value instanceof String, key + " must be a string");
    return (String) value;
  }

  private static boolean flag(JsonObject json, String key) {
    Object value = json.getValue(key, false);
    require(value instanceof Boolean, key + " must be true or false");
    return (Boolean) value;
  }

  private static Integer whole(JsonObject json, String key, long least, long most) {
    Object value = json.getValue(key);
    if (value == null) {
      return null;
    }
    boolean fits =
        value instanceof Number number
            && number.doubleValue() == number.longValue()
            && number.longValue() >= least
            && number.longValue() <= most;
    require(fits, key + " must be a whole number from " + least + " to " + most);
    return ((Number) value).intValue();
  }

  private static Object drop(Object value) {
    if (value == null || Boolean.FALSE.equals(value)) {
      return null;
    }
    require(
        Boolean.TRUE.equals(value) || "body".equals(value),
        "dropConnection must be true, false or \"body\"");
    return value;
  }

  private static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new BadControl(otherwise);
    }
  }
}
