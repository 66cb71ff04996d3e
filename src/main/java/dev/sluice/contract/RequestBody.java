package dev.sluice.contract;

import java.util.Locale;
import java.util.Set;

/**
 * What an operation takes as its request body.
 *
 * @param required whether a call must have one
 * @param types media types in lower case, without parameters
 * @param schema what a JSON body must be; null where the contract says nothing
 */
public record RequestBody(boolean required, Set<String> types, Schema schema) {

  /** Whether it may be of this media type, which may have parameters. */
  public boolean takes(String type) {
    if (type == null) return false;
    int end = type.indexOf(';');
    String bare = end < 0 ? type : type.substring(0, end);
    return types.contains(bare.trim().toLowerCase(Locale.ROOT));
  }
}
