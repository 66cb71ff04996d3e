package dev.sluice.call;

import java.util.Set;

/**
 * Who asks.
 *
 * @param subject the user's id, or null for an anonymous caller
 * @param roles the roles the subject holds
 * @param permissions what the subject may, one by one
 * @param address the client's IP address, the one that limits count by
 * @param token the caller's own provider token, passed through and never logged; usually null
 */
public record Caller(
    String subject, Set<String> roles, Set<String> permissions, String address, String token) {
  public static final Caller NOBODY = new Caller(null, Set.of(), Set.of(), "", null);

  public static Caller anonymous(String address) {
    return new Caller(null, Set.of(), Set.of(), address, null);
  }

  public boolean isAnonymous() {
    return subject == null;
  }

  @Override
  public String toString() {
    return "Caller[" + (subject == null ? "anonymous" : subject) + " at " + address + "]";
  }
}
