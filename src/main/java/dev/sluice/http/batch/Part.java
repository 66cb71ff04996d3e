package dev.sluice.http.batch;

import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import java.util.Objects;
import java.util.Set;

/**
 * One request of a batch.
 *
 * @param id what its answer and other parts name it by
 * @param method upper case
 * @param path with its query, as it would stand in a request line
 * @param headers its own fields
 * @param body a JSON value; null without one
 * @param written the same as its client wrote it; null where it was made here
 * @param literal whether nothing in its body refers to other parts
 * @param after the ids of those that must have succeeded before
 */
public record Part(
    String id,
    String method,
    String path,
    MultiMap headers,
    Object body,
    Buffer written,
    boolean literal,
    Set<String> after) {

  Part with(String path, MultiMap headers, Object body) {
    Buffer same = Objects.equals(body, this.body) ? written : null;
    return new Part(id, method, path, headers, body, same, literal, after);
  }
}
