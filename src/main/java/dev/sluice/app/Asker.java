package dev.sluice.app;

import dev.sluice.call.Caller;
import dev.sluice.call.Failure;
import dev.sluice.call.Failure.Category;
import dev.sluice.call.Peer;
import dev.sluice.identity.token.Account;
import dev.sluice.identity.token.Accounts;
import dev.sluice.identity.token.NoToken;
import dev.sluice.identity.token.Principal;
import dev.sluice.store.NotSealedHere;
import dev.sluice.store.Secrets;
import io.vertx.core.Future;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Supplier;

/**
 * A caller whose call is put off, as it is kept.
 *
 * @param roles what its token said, beside what the user is here
 * @param permissions the same
 * @param token its own provider token, sealed; null without one
 */
record Asker(
    String subject,
    String session,
    Set<String> roles,
    Set<String> permissions,
    Peer peer,
    byte[] token) {

  /** Makes callers such, and such callers again. */
  record Desk(Supplier<Secrets> secrets, Supplier<Accounts> accounts) {

    Future<Asker> keep(String job, Caller caller) {
      byte[] token =
          caller.token() == null
              ? null
              : secrets.get().seal(caller.token().getBytes(StandardCharsets.UTF_8), bound(job));
      if (!isUser(caller.subject())) {
        return Future.succeededFuture(asker(caller, caller.roles(), caller.permissions(), token));
      }
      return find(caller.subject(), Set.of(), Set.of())
          .map(
              user ->
                  asker(
                      caller,
                      without(caller.roles(), user.roles()),
                      without(caller.permissions(), user.permissions()),
                      token));
    }

    /** Who it is by now. Fails with 403 where it is nobody any more, or may do nothing. */
    Future<Caller> again(String job, Asker asker) {
      String token;
      try {
        token =
            asker.token == null
                ? null
                : new String(secrets.get().open(asker.token, bound(job)), StandardCharsets.UTF_8);
      } catch (NotSealedHere e) {
        return Future.failedFuture(
            refused("TOKEN_LOST", "The provider token cannot be read by this keyset."));
      }
      if (!isUser(asker.subject)) {
        return Future.succeededFuture(caller(asker, asker.roles, asker.permissions, token));
      }
      return find(asker.subject, asker.roles, asker.permissions)
          .map(user -> caller(asker, user.roles(), user.permissions(), token));
    }

    private Future<Account> find(String user, Set<String> roles, Set<String> permissions) {
      return accounts
          .get()
          .find(new Principal("", user, null, roles, permissions, null, 0))
          .recover(
              e ->
                  Future.failedFuture(
                      e instanceof NoToken
                          ? refused("ACCOUNT_GONE", "Who asked for this is no more.")
                          : e));
    }

    private static String bound(String job) {
      return "provider token of job " + job;
    }
  }

  /** Whether it is one whose standing is known here; others are who they were. */
  private static boolean isUser(String subject) {
    return subject != null && subject.matches("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");
  }

  private static Asker asker(
      Caller caller, Set<String> roles, Set<String> permissions, byte[] token) {
    return new Asker(caller.subject(), caller.session(), roles, permissions, caller.peer(), token);
  }

  private static Caller caller(
      Asker asker, Set<String> roles, Set<String> permissions, String token) {
    return new Caller(asker.subject, asker.session, roles, permissions, asker.peer, token);
  }

  private static Set<String> without(Set<String> all, Set<String> these) {
    Set<String> rest = new HashSet<>(all);
    rest.removeAll(these);
    return rest;
  }

  private static Failure refused(String code, String message) {
    return Failure.of(Category.AUTHORIZATION, code, message).suggest("Ask for it anew.");
  }
}
