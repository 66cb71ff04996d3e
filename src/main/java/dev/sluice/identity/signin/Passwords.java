package dev.sluice.identity.signin;

import com.password4j.Argon2Function;
import com.password4j.Password;
import com.password4j.types.Argon2;
import dev.sluice.call.Failure;
import dev.sluice.call.Failure.Category;
import dev.sluice.call.Peer;
import dev.sluice.identity.user.User;
import dev.sluice.identity.user.Users;
import dev.sluice.provider.email.EmailAddress;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
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

  private static final String KIND = "password";

  private final WorkerExecutor workers;
  private final AtomicInteger waiting = new AtomicInteger();
  private final Users users;
  private final Throttle throttle;
  private final Supplier<PasswordSettings> settings;
  private volatile String nobodys; // a hash to be compared where there is no user

  public Passwords(
      Vertx vertx, Users users, Throttle throttle, Supplier<PasswordSettings> settings) {
    this.workers = vertx.createSharedWorkerExecutor("passwords", WORKERS);
    this.users = users;
    this.throttle = throttle;
    this.settings = settings;
  }

  /**
   * The user whose address and password these are. Fails with 401 INVALID_CREDENTIALS, in the same
   * time whether or not there is such a user, and with 429 after too many tries of an account.
   */
  public Future<UUID> verify(EmailAddress email, String password, Peer peer) {
    PasswordSettings now = settings.get();
    String client = Throttle.client(peer.address());
    return throttle
        .admit("password-ip", client, now.perIp(), now.window())
        .compose(v -> throttle.admit(KIND, email.normal(), now.tries(), now.window()))
        .compose(admitted -> users.password(email.normal()))
        .compose(
            kept -> {
              String hash = kept.map(Users.Kept::hash).orElse(null);
              return matches(password, hash)
                  .compose(is -> is ? Future.succeededFuture(kept.get().id()) : refused());
            })
        .compose(user -> throttle.forgive(KIND, email.normal()).map(user));
  }

  private static <T> Future<T> refused() {
    return Future.failedFuture(
        Failure.of(
                Category.AUTHENTICATION,
                "INVALID_CREDENTIALS",
                "The address and the password do not belong together.")
            .suggest("Try again, or sign in by a code: POST /auth/request-otp."));
  }

  /** Without a hash it takes as long, and is false. */
  private Future<Boolean> matches(String password, String hash) {
    return aside(
        () -> {
          String kept = hash == null ? nobodys() : hash;
          boolean is = Password.check(PasswordRules.normal(password), kept).with(ARGON2);
          return is && hash != null;
        });
  }

  private String nobodys() {
    if (nobodys == null) nobodys = hash("nobody has this password");
    return nobodys;
  }

  private static String hash(String password) {
    return Password.hash(password).addRandomSalt(16).with(ARGON2).getResult();
  }

  /**
   * Gives a user another password.
   *
   * @param current the one before; null where there was none
   */
  public Future<User> change(User user, String current, String wanted) {
    String next = PasswordRules.normal(wanted);
    List<String> own =
        Arrays.asList(
            user.email(), user.profile().firstName(), user.profile().lastName(), "sluice");
    return users
        .password(user.id())
        .compose(kept -> proved(user, kept.map(Users.Kept::hash).orElse(null), current))
        .compose(
            proved ->
                aside(
                    () -> {
                      PasswordRules.check(next, settings.get().shortest(), own);
                      return hash(next);
                    }))
        .compose(hash -> users.setPassword(user.id(), hash));
  }

  private Future<Void> proved(User user, String hash, String current) {
    if (hash == null) return Future.succeededFuture();
    if (current == null) {
      return Future.failedFuture(Failure.invalid("currentPassword", "is required", null));
    }
    PasswordSettings now = settings.get();
    return throttle
        .admit(KIND, "change " + user.id(), now.tries(), now.window())
        .compose(admitted -> matches(current, hash))
        .compose(is -> is ? throttle.forgive(KIND, "change " + user.id()) : notThat());
  }

  private static <T> Future<T> notThat() {
    return Future.failedFuture(
        Failure.of(Category.AUTHORIZATION, "INVALID_CREDENTIALS", "This is not your password.")
            .suggest("Write the password that you have now as currentPassword."));
  }

  private <T> Future<T> aside(Callable<T> work) {
    if (waiting.incrementAndGet() > MOST_WAITING) {
      waiting.decrementAndGet();
      return Future.failedFuture(
          Failure.unavailable("OVERLOADED", "Too many passwords are being checked just now.")
              .retryAfter(Duration.ofSeconds(1)));
    }
    return workers.executeBlocking(work, false).onComplete(done -> waiting.decrementAndGet());
  }
}
