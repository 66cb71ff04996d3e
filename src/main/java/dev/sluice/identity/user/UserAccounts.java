package dev.sluice.identity.user;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.sluice.call.Failure;
import dev.sluice.identity.token.Account;
import dev.sluice.identity.token.Accounts;
import dev.sluice.identity.token.NoToken;
import dev.sluice.identity.token.Principal;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Remembers for whom tokens stand: their users, what these may, and which sessions have ended while
 * tokens of them are still good. What changes is forgotten as soon as the database tells of it.
 */
public final class UserAccounts implements Accounts {
  private static final int MOST = 100_000;
  private static final Duration LONGEST = Duration.ofMinutes(5); // should a change not be told

  private record Standing(Account account, boolean active) {}

  private final Users users;
  private final Supplier<Map<String, List<String>>> roles;
  private final Function<Principal, Users.Way> ways;
  private final AtomicLong changes = new AtomicLong();
  private final Cache<String, String> links =
      Caffeine.newBuilder().maximumSize(MOST).executor(Runnable::run).build();
  private final Cache<String, Standing> standings =
      Caffeine.newBuilder()
          .maximumSize(MOST)
          .expireAfterWrite(LONGEST)
          .executor(Runnable::run)
          .build();
  private final EndedSessions ended;

  /**
   * For these users.
   *
   * @param roles what each role may
   * @param ways how an outside issuer's subject is known
   */
  public UserAccounts(
      Users users,
      EndedSessions ended,
      Supplier<Map<String, List<String>>> roles,
      Function<Principal, Users.Way> ways) {
    this.users = users;
    this.ended = ended;
    this.roles = roles;
    this.ways = ways;
  }

  @Override
  public Account known(Principal whose) {
    if (ended.has(whose.session())) return null;
    String user = whose.isOurs() ? whose.subject() : links.getIfPresent(whose.name());
    Standing standing = user == null ? null : standings.getIfPresent(user);
    return standing == null || !standing.active ? null : standing.account.with(whose);
  }

  @Override
  public Future<Account> find(Principal whose) {
    if (ended.has(whose.session())) {
      return Future.failedFuture(new NoToken("its session has ended"));
    }
    Account known = known(whose);
    if (known != null) return Future.succeededFuture(known);
    long before = changes.get();
    return user(whose)
        .map(user -> remember(user, before))
        .map(standing -> require(standing).with(whose));
  }

  private Future<User> user(Principal whose) {
    if (!whose.isOurs()) {
      return users
          .of(ways.apply(whose))
          .onSuccess(user -> links.put(whose.name(), user.id().toString()));
    }
    try {
      return users.find(UUID.fromString(whose.subject())).map(UserAccounts::existing);
    } catch (IllegalArgumentException e) {
      return Future.failedFuture(new NoToken("its sub is no user's id"));
    }
  }

  private static User existing(Optional<User> user) {
    return user.orElseThrow(() -> new NoToken("its user is no more"));
  }

  private Standing remember(User user, long before) {
    Standing standing = new Standing(account(user), user.isActive());
    if (changes.get() == before) standings.put(standing.account.user(), standing);
    return standing;
  }

  private Account account(User user) {
    Set<String> permissions = new HashSet<>();
    for (String role : user.roles()) permissions.addAll(roles.get().getOrDefault(role, List.of()));
    return new Account(
        user.id().toString(),
        user.tier().word(),
        Set.copyOf(user.roles()),
        Set.copyOf(permissions));
  }

  private static Account require(Standing standing) {
    if (standing.active) return standing.account;
    throw disabled();
  }

  /** 403 ACCOUNT_DISABLED. */
  public static Failure disabled() {
    return Failure.of(
            Failure.Category.AUTHORIZATION, "ACCOUNT_DISABLED", "This account is disabled.")
        .suggest("Ask an administrator to enable it.");
  }

  /** A user is another than before, or gone. */
  public void changed(String user) {
    changes.incrementAndGet();
    standings.invalidate(user);
  }

  /** Changes may have been missed, or roles may do something else now. */
  public void changed() {
    changes.incrementAndGet();
    standings.invalidateAll();
  }
}
