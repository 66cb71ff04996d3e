package dev.sluice.identity.signin;

import dev.sluice.call.Failure;
import dev.sluice.call.Peer;
import dev.sluice.identity.audit.Audit;
import dev.sluice.identity.audit.Entry;
import dev.sluice.identity.session.Sessions;
import dev.sluice.identity.session.Turns;
import dev.sluice.identity.user.User;
import dev.sluice.identity.user.UserAccounts;
import dev.sluice.identity.user.Users;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** Opens sessions and keeps them open, whatever way a user has come in. */
public final class SignIn {
  private static final String ADMIN = "admin";

  private final Users users;
  private final Sessions sessions;
  private final Turns turns;
  private final Tickets tickets;
  private final Audit audit;
  private final Predicate<String> admins;

  /** {@code admins} says whose addresses are administrators'. */
  public SignIn(
      Users users,
      Sessions sessions,
      Turns turns,
      Tickets tickets,
      Audit audit,
      Predicate<String> admins) {
    this.users = users;
    this.sessions = sessions;
    this.turns = turns;
    this.tickets = tickets;
    this.audit = audit;
    this.admins = admins;
  }

  /** Opens a session for somebody who has proved who it is. Fails with 403 ACCOUNT_DISABLED. */
  public Future<SignedIn> by(User user, String method, Peer peer) {
    if (!user.isActive()) {
      audit.write(
          Entry.failed(user.id(), "session.open", "session", null, "ACCOUNT_DISABLED", peer)
              .with("method", method));
      return Future.failedFuture(UserAccounts.disabled());
    }
    return promoted(user)
        .compose(known -> users.signedIn(known.id()))
        .compose(
            now ->
                sessions
                    .open(now.id(), method, peer)
                    .onSuccess(
                        kept ->
                            audit.write(
                                Entry.done(
                                        now.id(), "session.open", "session", kept.session(), peer)
                                    .with("method", method)))
                    .compose(kept -> tickets.of(now, kept)));
  }

  /** Whom the configuration makes an administrator is one from the first time on. */
  private Future<User> promoted(User user) {
    boolean lacks =
        user.email() != null && admins.test(user.email()) && !user.roles().contains(ADMIN);
    if (!lacks) return Future.succeededFuture(user);
    List<String> roles = new ArrayList<>(user.roles());
    roles.add(ADMIN);
    return users.setRoles(user.id(), roles);
  }

  /** Nobody was let in; whose address it was is looked up aside, and may be null. */
  public void refused(String email, String method, Throwable why, Peer peer) {
    String code = Failure.from(why).code();
    Entry entry =
        Entry.failed(null, "session.open", "session", null, code, peer).with("method", method);
    Future<Optional<Users.Kept>> whose =
        email == null ? Future.succeededFuture(Optional.empty()) : users.password(email);
    audit.write(
        whose
            .otherwise(Optional.empty())
            .map(found -> entry.by(found.map(Users.Kept::id).orElse(null))));
  }

  /**
   * Takes a refresh token for the next. Fails with 401 or 403 where it is none, or none any more.
   */
  public Future<SignedIn> again(String refreshToken, Peer peer) {
    return turns
        .take(refreshToken, peer)
        .compose(
            turn -> {
              if (turn instanceof Turns.Turn.Refused refused) {
                audit.write(
                    Entry.failed(
                        refused.user(),
                        "session.refresh",
                        "session",
                        refused.session(),
                        refused.why().code(),
                        peer));
                return Future.failedFuture(refused.why());
              }
              Sessions.Kept kept = ((Turns.Turn.Taken) turn).kept();
              audit.write(
                  Entry.done(kept.user(), "session.refresh", "session", kept.session(), peer));
              return users.get(kept.user()).compose(user -> tickets.of(user, kept));
            });
  }
}
