package dev.sluice.sandbox.openid;

import java.util.List;

/**
 * What a person allowed the application; codes and tokens stand for it.
 *
 * @param id tells it from another of the same kind
 * @param nonce the application's, for the ID token; null without
 * @param offline whether it may be refreshed
 */
public record Grant<A extends Account>(
    String id, A account, List<String> scopes, String nonce, boolean offline) {

  /** Whether it has that scope. */
  public boolean has(String scope) {
    return scopes.contains(scope);
  }

  /** The same with fewer scopes (RFC 6749 §6), and without the nonce of the first ID token. */
  Grant<A> refreshed(List<String> fewer) {
    return new Grant<>(id, account, fewer.isEmpty() ? scopes : fewer, null, offline);
  }
}
