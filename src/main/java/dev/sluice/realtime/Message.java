package dev.sluice.realtime;

import io.vertx.core.json.JsonObject;

/**
 * What a frame says.
 *
 * @param type in capitals, such as {@code CALL}
 * @param content empty where nothing is said but the type
 * @param requestId by which an answer is told; null where none is wanted
 */
public record Message(String type, JsonObject content, String requestId) {}
