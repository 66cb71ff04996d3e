package dev.sluice.sandbox;

import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import java.util.function.Function;

/**
 * Something that can be done to a provider from outside: {@code METHOD /control/NAME}. A POST names
 * its provider in the body; a DELETE undoes it for every provider.
 *
 * @param example the body as {@code GET /control} shows it
 * @param run answers what is sent back as JSON, or throws {@link BadControl}
 */
public record ControlAction(
    HttpMethod method, String name, String example, Function<JsonObject, Object> run) {}
