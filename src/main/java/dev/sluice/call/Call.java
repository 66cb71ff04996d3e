package dev.sluice.call;

import java.util.Map;

/**
 * One request to one operation, whichever door it came through.
 *
 * @param id names the unit of work that a cancellation ends; calls made on behalf of this one carry
 *     the same id
 * @param operation the contract's operationId, or a provider's own operation name
 * @param params validated parameters
 * @param body the request body, {@link Body#NONE} without one
 * @param caller who asks
 * @param trace the request id and W3C trace context it is known by in logs
 * @param priority which mailbox lane it waits in
 * @param deadline when nobody waits for the answer any more
 * @param wish how the caller wants it done
 */
public record Call(
    String id,
    String operation,
    Params params,
    Body body,
    Caller caller,
    Trace trace,
    Priority priority,
    Deadline deadline,
    Wish wish) {

  /** A call from inside the gateway, by nobody in particular. */
  public static Call of(String operation, Map<String, Object> params, Deadline deadline) {
    return new Call(
        Ids.next(),
        operation,
        Params.of(params),
        Body.NONE,
        Caller.NOBODY,
        Trace.begin(),
        Priority.NORMAL,
        deadline,
        Wish.NONE);
  }

  /** Another operation asked on behalf of this call; cancelled with it. */
  public Call ask(String operation, Map<String, Object> params) {
    return new Call(
        id, operation, Params.of(params), Body.NONE, caller, trace, priority, deadline, Wish.NONE);
  }

  /** The same question as a unit of work of its own, which outlives this one. */
  public Call detached(Priority priority, Deadline deadline) {
    return new Call(
        Ids.next(), operation, params, body, caller, trace, priority, deadline, Wish.NONE);
  }

  public Call withWish(Wish wish) {
    return new Call(id, operation, params, body, caller, trace, priority, deadline, wish);
  }

  public Call withParams(Params params) {
    return new Call(id, operation, params, body, caller, trace, priority, deadline, wish);
  }
}
