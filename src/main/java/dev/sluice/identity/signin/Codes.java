package dev.sluice.identity.signin;

import dev.sluice.call.Failure;
import dev.sluice.call.Failure.Category;
import dev.sluice.call.Network;
import dev.sluice.call.Peer;
import dev.sluice.provider.email.EmailAddress;
import dev.sluice.store.Secrets;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Locale;
import java.util.function.Supplier;

/**
 * One-time codes: six digits, of which the database has a keyed hash, for it takes no time to try
 * the million there are. One is good at a time for an address, for so many tries, and once. What is
 * answered does not depend on whether the address is a user's: nobody looks.
 */
public final class Codes {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final int KINDS = 1_000_000;
  private static final int VERIFICATIONS = 3; // a client may try so many times what it may ask for

  private final Pool pool;
  private final Secrets secrets;
  private final Throttle throttle;
  private final Supplier<CodeSettings> settings;

  public Codes(Pool pool, Secrets secrets, Throttle throttle, Supplier<CodeSettings> settings) {
    this.pool = pool;
    this.secrets = secrets;
    this.throttle = throttle;
    this.settings = settings;
  }

  /** A new code for an address. Fails with 429 where too many have been asked for. */
  public Future<String> make(EmailAddress email, Peer peer) {
    CodeSettings now = settings.get();
    String code = String.format(Locale.ROOT, "%06d", RANDOM.nextInt(KINDS));
    String client = Network.of(peer.address());
    return throttle
        .admit("code-ip", client, now.perIp(), now.window())
        .compose(v -> throttle.admit("code", email.normal(), now.perAddress(), now.window()))
        .compose(admitted -> keep(email, code, now.lifetime()))
        .map(code);
  }

  private Future<Void> keep(EmailAddress email, String code, Duration lifetime) {
    return pool.preparedQuery(
            "INSERT INTO codes (email, mac, expires_at) VALUES ($1, $2, now() + $3 * interval '1 ms')"
                + " ON CONFLICT (email) DO UPDATE SET mac = excluded.mac,"
                + " expires_at = excluded.expires_at, tries = 0")
        .execute(Tuple.of(email.normal(), mac(email, code), lifetime.toMillis()))
        .mapEmpty();
  }

  /** Takes a code; it is good no more then. Fails with 401, or 429 where it was tried too often. */
  public Future<Void> take(EmailAddress email, String written, Peer peer) {
    CodeSettings now = settings.get();
    String client = Network.of(peer.address());
    Buffer mac = mac(email, digits(written));
    return throttle
        .admit("try-ip", client, VERIFICATIONS * now.perIp(), now.window())
        .compose(admitted -> tried(email, now.tries()))
        .compose(row -> row == null ? whyNot(email) : judge(email, row, mac));
  }

  /** People write codes as they see them: {@code 123 456}, with whatever space a mail has made. */
  static String digits(String written) {
    String digits = written.replaceAll("[\\s\\p{Z}\\p{Pd}\\p{Cf}]", "");
    if (digits.matches("[0-9]{6}")) return digits;
    throw Failure.invalid("code", "is of six digits", null);
  }

  private Future<Row> tried(EmailAddress email, int most) {
    return pool.preparedQuery(
            "UPDATE codes SET tries = tries + 1 WHERE email = $1 AND tries < $2"
                + " AND expires_at > now() RETURNING mac")
        .execute(Tuple.of(email.normal(), most))
        .map(rows -> rows.size() == 0 ? null : rows.iterator().next());
  }

  private Future<Void> judge(EmailAddress email, Row row, Buffer mac) {
    boolean right = MessageDigest.isEqual(row.getBuffer("mac").getBytes(), mac.getBytes());
    if (!right) return Future.failedFuture(wrong());
    return pool.preparedQuery("DELETE FROM codes WHERE email = $1 AND mac = $2")
        .execute(Tuple.of(email.normal(), mac))
        .compose(
            gone -> gone.rowCount() == 1 ? Future.succeededFuture() : Future.failedFuture(wrong()));
  }

  private Future<Void> whyNot(EmailAddress email) {
    return pool.preparedQuery(
            "SELECT expires_at <= now() AS expired, extract(epoch FROM expires_at - now()) * 1000"
                + " AS left FROM codes WHERE email = $1")
        .execute(Tuple.of(email.normal()))
        .compose(
            rows -> {
              if (rows.size() == 0) return Future.failedFuture(wrong());
              Row row = rows.iterator().next();
              return Future.failedFuture(
                  row.getBoolean("expired")
                      ? expired()
                      : tooOften(row.getDouble("left").longValue()));
            });
  }

  private Buffer mac(EmailAddress email, String code) {
    String what = email.normal() + " " + code;
    return Buffer.buffer(secrets.mac("one-time-code", what.getBytes(StandardCharsets.UTF_8)));
  }

  private static Failure wrong() {
    return Failure.of(Category.AUTHENTICATION, "INVALID_CODE", "This code is not the one.")
        .suggest("Write the newest code, which is good once; or ask for another.");
  }

  private static Failure expired() {
    return Failure.of(Category.AUTHENTICATION, "CODE_EXPIRED", "This code has expired.")
        .suggest("Ask for another.");
  }

  private static Failure tooOften(long millisLeft) {
    return Failure.of(Category.RATE_LIMIT, "TOO_MANY_TRIES", "This code has been tried too often.")
        .suggest("Ask for another.")
        .retryAfter(Duration.ofMillis(millisLeft));
  }
}
