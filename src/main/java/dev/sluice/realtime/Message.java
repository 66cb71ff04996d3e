package dev.sluice.realtime;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.util.function.Function;

/**
 * What a frame says.
 *
 * @param type in capitals, such as {@code CALL}
 * @param content empty where nothing is said but the type
 * @param requestId by which an answer is told; null where none is wanted
 * @param written the bytes of a member of the content, as its client wrote them; null where it has
 *     none of that name
 */
public record Message(
    String type, JsonObject content, String requestId, Function<String, Buffer> written) {}
