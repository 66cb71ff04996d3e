package dev.sluice.identity.signin;

import com.password4j.Argon2Function;
import com.password4j.Password;
import com.password4j.types.Argon2;
import dev.sluice.call.Failure;
import dev.sluice.call.Failure.Category;
import dev.sluice.call.Network;
import dev.sluice.call.Peer;
import dev.sluice.identity.user.Profile;
import dev.sluice.identity.user.User;
import dev.sluice.identity.user.Users;
import dev.sluice.provider.email.EmailAddress;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/** Passwords, hashed by Argon2id (RFC 9106) as OWASP recommends: 19 MiB, twice, one lane. */
public final class Passwords {
  private static final Argon2Function ARGON2 =
      Argon2Function.getInstance(19 * 1024, 2, 1, 32, Argon2.ID);

  /** Fewer than there are cores, so that the event loops have theirs. */
  private static final int WORKERS = Math.max(1, Runtime.getRuntime().availableProcessors() / 2);

  /** A hash takes some 50 ms: who comes later would wait for longer than a second. */
  private static final int MOST_WAITING = 32 * WORKERS;

  private static final int MOST_OF_ONE = 4;

  private static final String KIND = "password";
  private static final Future<Boolean> CERTAIN = Future.succeededFuture(true);

  /** Compared where there is no user, or none with a password: a hash of the same cost. */
  static final String NOBODYS =
      "$argon2id$v=19$m=19456,t=2,p=1$e00LMSGk7ujYjJfPVeoDSw$iI9sw/NOVQPQ03DtMHCLoszClctQTyMzeWAtj9yb600";

  private final WorkerExecutor workers;
  private final AtomicInteger waiting = new AtomicInteger();
  private final Map<String, Integer> waitingOf = new ConcurrentHashMap<>();
  private final Users users;
  private final Throttle throttle;
  private final Supplier<PasswordSettings> settings;

  public Passwords(
      Vertx vertx, Users users, Throttle throttle, Supplier<PasswordSettings> settings) {
    this.workers = vertx.createSharedWorkerExecutor("passwords", WORKERS);
    this.users = users;
    this.throttle = throttle;
    this.settings = settings;
  }

  /**
   * The user whose address and password these are, and what it is known by. Fails with 401
   * INVALID_CREDENTIALS, in the same time whether or not there is such a user, and with 429 after
   * too many tries of an account.
   */
  public Future<Users.Kept> verify(EmailAddress email, String password, Peer peer) {
    PasswordSettings now = settings.get();
    String client = Network.of(peer.address());
    return throttle
        .admit("password-ip", client, now.perIp(), now.window())
        .compose(v -> throttle.admit(KIND, email.normal(), now.tries(), now.window()))
        .compose(admitted -> users.password(email.normal()))
        .compose(
            kept -> {
              String hash = kept.map(Users.Kept::hash).orElse(null);
              return matches(client, password, hash)
                  .compose(is -> is ? Future.succeededFuture(kept.get()) : refused());
            })
        .compose(kept -> throttle.forgive(KIND, email.normal()).map(kept));
  }

  /**
   * Fails with 401 where the password has been changed since. To be asked once the session is
   * there: a change ends those that it finds, and this refuses those that come after.
   */
  public Future<Void> still(Users.Kept kept) {
    return users
        .password(kept.id())
        .compose(
            now -> now.filter(kept::equals).isPresent() ? Future.succeededFuture() : refused());
  }

  private static <T> Future<T> refused() {
    return Future.failedFuture(
        Failure.of(
                Category.AUTHENTICATION,
                "INVALID_CREDENTIALS",
                "The address and the password do not belong together.")
            .suggest("Try again, or sign in by a code: POST /auth/request-otp."));
  }

  /** Without a hash it takes as long, and is false; a hash tells how it was made. */
  private Future<Boolean> matches(String client, String password, String hash) {
    return aside(
        client,
        () -> {
          String kept = hash == null ? NOBODYS : hash;
          Argon2Function by = Argon2Function.getInstanceFromHash(kept);
          return Password.check(PasswordRules.normal(password), kept).with(by) && hash != null;
        });
  }

  /** The hash of a password that is not an account's; fails with 503 where too many are judged. */
  public Future<String> hash(String client, String password) {
    return aside(client, () -> hash(PasswordRules.normal(password)));
  }

  /** Whether a password has that hash. How often it may be asked is for the caller to bound. */
  public Future<Boolean> isOf(String client, String password, String hash) {
    return matches(client, password, hash);
  }

  private static String hash(String password) {
    return Password.hash(password).addRandomSalt(16).with(ARGON2).getResult();
  }

  /**
   * What a user asks for.
   *
   * @param current the password before; null where there is none, or it is forgotten
   * @param proved whether the user has just proved in another way who it is
   */
  public record Change(String current, String wanted, boolean proved) {
    @Override
    public String toString() {
      return "Change[" + proved + "]";
    }
  }

  /**
   * Gives a user another password. Fails with VALIDATION_ERROR, 422 WEAK_PASSWORD, 403
   * INVALID_CREDENTIALS or SIGN_IN_AGAIN, or 429: what may be guessed at, and costs a hash or two,
   * is counted.
   */
  public Future<User> change(User user, Change change) {
    PasswordSettings now = settings.get();
    String own = user.id().toString();
    String next = PasswordRules.normal(change.wanted);
    PasswordRules.check(next, now.shortest());
    return users
        .password(user.id())
        .map(kept -> kept.map(Users.Kept::hash).orElse(null))
        .compose(
            before -> {
              if (change.current == null && !change.proved) {
                throw before == null ? stale() : missing();
              }
              boolean judged = before != null && change.current != null;
              return throttle
                  .admit("password-change", user.id().toString(), now.tries(), now.window())
                  .compose(admitted -> judged ? matches(own, change.current, before) : CERTAIN)
                  .compose(is -> is ? aside(own, () -> hashed(user, next)) : notThat())
                  .compose(hash -> users.setPassword(user.id(), before, hash));
            })
        .compose(changed -> changed.map(Future::succeededFuture).orElseGet(Passwords::notThat));
  }

  private static Failure stale() {
    return Failure.of(
            Category.AUTHORIZATION, "SIGN_IN_AGAIN", "A first password needs a fresh sign-in.")
        .suggest("Sign in again, and set it within an hour.");
  }

  private static String hashed(User user, String password) {
    Profile own = user.profile();
    Guesses.check(password, user.email(), own.firstName(), own.lastName(), "sluice");
    return hash(password);
  }

  private static Failure missing() {
    return Failure.invalid("currentPassword", "is required: there is one", null)
        .suggest("If you have forgotten it, sign in by a code, and set one within an hour.");
  }

  private static <T> Future<T> notThat() {
    return Future.failedFuture(
        Failure.of(Category.AUTHORIZATION, "INVALID_CREDENTIALS", "This is not your password.")
            .suggest("Write the password that you have now as currentPassword."));
  }

  /** One client may not have others wait, nor be told to come again. */
  private <T> Future<T> aside(String client, Callable<T> work) {
    int its = waitingOf.merge(client, 1, Integer::sum);
    if (waiting.incrementAndGet() > MOST_WAITING || its > MOST_OF_ONE) {
      done(client);
      return Future.failedFuture(
          Failure.unavailable("OVERLOADED", "Too many passwords are being checked just now.")
              .suggest("Try again after as many seconds as Retry-After says.")
              .retryAfter(Duration.ofSeconds(1)));
    }
    return workers.executeBlocking(work, false).onComplete(ended -> done(client));
  }

  private void done(String client) {
    waiting.decrementAndGet();
    waitingOf.computeIfPresent(client, (c, its) -> its == 1 ? null : its - 1);
  }
}
