package dev.sluice.call;

import java.util.Set;

/**
 * Who asks.
 *
 * @param subject the user's id, or null for an anonymous caller
 * @param session the session that the caller's token is of; null where it is of none
 * @param roles the roles the subject holds
 * @param permissions what the subject may, one by one
 * @param peer where the call comes from
 * @param token the caller's own provider token, passed through and never logged; usually null
 */
public record Caller(
    String subject,
    String session,
    Set<String> roles,
    Set<String> permissions,
    Peer peer,
    String token) {
  public static final Caller NOBODY = anonymous(Peer.INSIDE);

  public static Caller anonymous(Peer peer) {
    return new Caller(null, null, Set.of(), Set.of(), peer, null);
  }

  /** Whom a token of no session names. */
  public static Caller of(String subject, Set<String> roles, Set<String> permissions, Peer peer) {
    return new Caller(subject, null, roles, permissions, peer, null);
  }

  /** By what its calls are told from others': the user, or where nobody is known the network. */
  public String whose() {
    return isAnonymous() ? "at " + Network.of(peer.address()) : "user " + subject;
  }

  public boolean isAnonymous() {
    return subject == null;
  }

  @Override
  public String toString() {
    return "Caller[" + (subject == null ? "anonymous" : subject) + " at " + peer.address() + "]";
  }
}
