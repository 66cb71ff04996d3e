package dev.sluice.contract;

import java.util.Set;

/**
 * What an operation takes as its request body.
 *
 * @param required whether a call must have one
 * @param types media types or ranges in lower case, without parameters
 * @param schema what a JSON body must be; null where the contract says nothing
 */
public record RequestBody(boolean required, Set<String> types, Schema schema) {

  /** Whether it takes a media type: by name, or by a range (RFC 9110 §12.5.1). */
  public boolean takes(String type) {
    if (types.contains(type)) return true;
    int slash = type.indexOf('/');
    if (slash <= 0) return false;
    return types.contains(type.substring(0, slash) + "/*") || types.contains("*/*");
  }
}
