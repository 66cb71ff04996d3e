package dev.sluice.contract;

import java.util.Set;

/**
 * What an operation takes as its request body.
 *
 * @param required whether a call must have one
 * @param types media types in lower case, without parameters
 * @param schema what a JSON body must be; null where the contract says nothing
 */
public record RequestBody(boolean required, Set<String> types, Schema schema) {}
