package dev.sluice.contract;

import dev.sluice.call.Priority;
import dev.sluice.conf.Size;
import java.time.Duration;
import java.util.List;

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
 * @param maxBody the largest request body; null, as large as the server takes
 * @param upstream who answers it; null where an app does
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
    Size maxBody,
    RelaySettings upstream) {

  /** Whose credential an operation takes. */
  public enum Auth {
    /** Anyone may call. */
    NONE,
    /** Anyone may; who sends a token is known by it, and a bad one is refused. */
    OPTIONAL,
    /** Who has a token of one of {@code identity}'s issuers. */
    REQUIRED,
    /** The caller's own provider token, as a bearer token: passed through, judged upstream. */
    PASSTHROUGH
  }

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

  public Policy {
    if (auth == null) auth = Auth.NONE;
    roles = roles == null ? List.of() : List.copyOf(roles);
    permissions = permissions == null ? List.of() : List.copyOf(permissions);
    if (auth != Auth.REQUIRED && !(roles.isEmpty() && permissions.isEmpty())) {
      throw new IllegalArgumentException("roles and permissions need auth: required");
    }
    if (limit == null) limit = "default";
    if (priority == null) priority = Priority.NORMAL;
    if (timeout == null) timeout = Duration.ofSeconds(10);
    invalidates = invalidates == null ? List.of() : List.copyOf(invalidates);
    if (onDisconnect == null) onDisconnect = OnDisconnect.CANCEL;
    if (errors == null) errors = ErrorShape.NESTED;
    exactlyOneOf = exactlyOneOf == null ? List.of() : List.copyOf(exactlyOneOf);
    if (timeout.isZero()) throw new IllegalArgumentException("timeout must be above 0");
    if (streams != null && cache != null) {
      throw new IllegalArgumentException(
          "what passes as it comes is never stored; take out cache, or streams");
    }
  }

  /** Whether tokens are judged here. */
  public boolean takesTokens() {
    return auth == Auth.OPTIONAL || auth == Auth.REQUIRED;
  }

  public boolean streamsRequest() {
    return streams == Streams.REQUEST || streams == Streams.BOTH;
  }

  public boolean streamsReply() {
    return streams == Streams.REPLY || streams == Streams.BOTH;
  }
}
