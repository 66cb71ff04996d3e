package dev.sluice.contract;

import dev.sluice.call.Priority;
import dev.sluice.conf.Size;
import dev.sluice.contract.Access.Auth;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * An operation's {@code x-sluice}: who may call it and how it is limited, cached and prioritised. A
 * key that this version does not enforce is not a key: it is refused, never ignored.
 *
 * @param auth whose credential it takes
 * @param roles of which a caller must have one; empty, none
 * @param permissions of which a caller must have all
 * @param limit the name of a limit class in the configuration, or {@code none}
 * @param priority the mailbox lane of its upstream calls
 * @param timeout how long the caller is kept waiting at most
 * @param cache null where replies are never stored
 * @param invalidates tags that a successful call makes stale, with {@code {parameter}} filled in
 * @param onDisconnect whether work goes on when the last client that waits for it is gone
 * @param errors which of the seeds' error shapes its clients read
 * @param exactlyOneOf parameters of which a call must give one and only one
 * @param streams which bodies pass as they come, unbuffered; null, neither
 * @param csrf whether it is authenticated by a cookie, so that requests of other sites are refused
 * @param maxBody the largest request body; null, as large as the server takes
 * @param upstream who answers it; null where an app does
 * @param idempotency whether a repeat may, or must, be told by its key; null where keys are nothing
 * @param async whether it may be done after it is answered
 * @param ordered whether such calls of one caller are done one after another, as they came
 * @param door what the HTTP door does itself for who calls; null where calls go on to who answers
 * @param frames of a socket: types of frames that stand for operations
 */
public record Policy(
    Auth auth,
    List<String> roles,
    List<String> permissions,
    String limit,
    Priority priority,
    Duration timeout,
    CachePolicy cache,
    List<String> invalidates,
    OnDisconnect onDisconnect,
    ErrorShape errors,
    List<String> exactlyOneOf,
    Streams streams,
    Boolean csrf,
    Size maxBody,
    RelaySettings upstream,
    Repeats idempotency,
    Boolean async,
    Boolean ordered,
    Door door,
    Map<String, SocketFrame> frames) {

  /** What a client that goes away does to the work it asked for. */
  public enum OnDisconnect {
    CANCEL,
    FINISH
  }

  /** The JSON form of an error: seed 002's is flat, the others' nested. */
  public enum ErrorShape {
    NESTED,
    FLAT
  }

  /** Which bodies pass as they come. */
  public enum Streams {
    /** The handler gets the body while it is coming in. */
    REQUEST,
    /** The handler may answer with a stream. */
    REPLY,
    BOTH
  }

  /** What {@code Idempotency-Key} is to an operation. */
  public enum Repeats {
    /** Who sends a key has one effect however often it calls. */
    OPTIONAL,
    /** Who sends none is refused. */
    REQUIRED
  }

  /** What is answered where a connection is, and not behind the bus. */
  public enum Door {
    /** Its body is calls, each of which is answered as one of its own. */
    BATCH,
    /** The events of channels, as they come. */
    EVENTS,
    /** A WebSocket whose frames are seed 002's: {@code {type, payload, requestId, …}}. */
    SOCKET,
    /** A WebSocket whose frames are seed 001's: {@code {type, data}}. */
    SOCKET_DATA,
    /** A WebSocket that sends each message back as it came. */
    SOCKET_ECHO;

    public boolean isSocket() {
      return this == SOCKET || this == SOCKET_DATA || this == SOCKET_ECHO;
    }
  }

  /**
   * What a frame of a type asks for.
   *
   * @param operation which has the frame's content for parameters and body
   * @param subscribe a member of its reply, the name of a channel that the socket hears from then
   *     on; null, none
   */
  public record SocketFrame(String operation, String subscribe) {
    public SocketFrame {
      if (operation == null) throw new IllegalArgumentException("operation is missing");
    }
  }

  public Policy {
    Access access = new Access(auth, roles, permissions);
    auth = access.auth();
    roles = access.roles();
    permissions = access.permissions();
    if (limit == null) limit = "default";
    if (priority == null) priority = Priority.NORMAL;
    if (timeout == null) timeout = Duration.ofSeconds(10);
    invalidates = invalidates == null ? List.of() : List.copyOf(invalidates);
    if (csrf == null) csrf = false;
    if (onDisconnect == null) onDisconnect = OnDisconnect.CANCEL;
    if (errors == null) errors = ErrorShape.NESTED;
    exactlyOneOf = exactlyOneOf == null ? List.of() : List.copyOf(exactlyOneOf);
    if (async == null) async = false;
    if (ordered == null) ordered = false;
    if (timeout.isZero()) throw new IllegalArgumentException("timeout must be above 0");
    if (streams != null && cache != null) {
      throw new IllegalArgumentException(
          "what passes as it comes is never stored; take out cache, or streams");
    }
    if (streams != null && (idempotency != null || async)) {
      throw new IllegalArgumentException(
          "what passes as it comes is not kept for later; take out idempotency and async, or streams");
    }
    if (door != null && (upstream != null || async || idempotency != null || cache != null)) {
      throw new IllegalArgumentException(
          "a door answers itself, each time; take out upstream, async, idempotency and cache");
    }
    frames = frames == null ? Map.of() : Map.copyOf(frames);
    if (!frames.isEmpty() && (door == null || !door.isSocket())) {
      throw new IllegalArgumentException("frames are of sockets; they need door: socket");
    }
    if (ordered && !async) {
      throw new IllegalArgumentException("ordered speaks of calls that wait; it needs async: true");
    }
  }

  /** Who may call. */
  public Access access() {
    return new Access(auth, roles, permissions);
  }

  public boolean streamsRequest() {
    return streams == Streams.REQUEST || streams == Streams.BOTH;
  }

  public boolean streamsReply() {
    return streams == Streams.REPLY || streams == Streams.BOTH;
  }
}
