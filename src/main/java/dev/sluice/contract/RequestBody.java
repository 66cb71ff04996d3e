package dev.sluice.contract;

import java.util.Locale;
import java.util.Set;

/**
 * What an operation takes as its request body.
 *
 * @param required whether a call must have one
 * @param types media types or ranges in lower case, without parameters
 * @param schema what a JSON body must be; null where the contract says nothing
 */
public record RequestBody(boolean required, Set<String> types, Schema schema) {

  /** Whether it takes a media type, by name or by a range (RFC 9110 §12.5.1). */
  public boolean takes(String type) {
    if (type == null) return false;
    int end = type.indexOf(';');
    String bare = (end < 0 ? type : type.substring(0, end)).trim().toLowerCase(Locale.ROOT);
    if (types.contains(bare)) return true;
    int slash = bare.indexOf('/');
    if (slash <= 0) return false;
    return types.contains(bare.substring(0, slash) + "/*") || types.contains("*/*");
  }
}
