package dev.sluice.identity.signin;

import dev.sluice.call.Failure;
import io.netty.util.NetUtil;
import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * Counts what may be tried only so often, in the database, so that neither many clients nor many
 * nodes are a way around it.
 */
public final class Throttle {
  private static final int PREFIX_BYTES = 8; // of IPv6, what one customer has (RFC 6177)
  private static final byte[] MAPPED = HexFormat.of().parseHex("00000000000000000000ffff");

  private final Pool pool;

  public Throttle(Pool pool) {
    this.pool = pool;
  }

  /** Counts one; fails with 429 RATE_LIMIT_EXCEEDED where it is one too many in the window. */
  public Future<Void> admit(String kind, String key, int most, Duration window) {
    return pool.preparedQuery("SELECT admit($1, $2, $3, $4 * interval '1 ms')")
        .execute(Tuple.of(kind, key, most, window.toMillis()))
        .compose(
            rows -> {
              Long wait = rows.iterator().next().getLong(0);
              return wait == null
                  ? Future.succeededFuture()
                  : Future.failedFuture(tooMany(most, window, Duration.ofMillis(wait)));
            });
  }

  /** What has been tried under a key counts no more. */
  public Future<Void> forgive(String kind, String key) {
    return pool.preparedQuery("DELETE FROM attempts WHERE kind = $1 AND key = $2")
        .execute(Tuple.of(kind, key))
        .mapEmpty();
  }

  /** What a client is counted by: its address, of IPv6 the first 64 bits. */
  static String client(String address) {
    byte[] bytes = NetUtil.createByteArrayFromIpAddressString(address);
    if (bytes == null || bytes.length == 4) return address;
    if (isMapped(bytes)) return NetUtil.bytesToIpAddress(bytes, MAPPED.length, 4);
    return HexFormat.of().formatHex(Arrays.copyOf(bytes, PREFIX_BYTES)) + "::/64";
  }

  /** Whether it is IPv4 written as IPv6, of which all begin with the same 64 bits. */
  private static boolean isMapped(byte[] bytes) {
    return Arrays.equals(bytes, 0, MAPPED.length, MAPPED, 0, MAPPED.length);
  }

  private static Failure tooMany(int most, Duration window, Duration wait) {
    return Failure.of(
            Failure.Category.RATE_LIMIT,
            "RATE_LIMIT_EXCEEDED",
            "This may be tried " + most + " times in " + window.toSeconds() + " s.")
        .detail("limit", most)
        .detail("window", window.toSeconds())
        .suggest("Wait as long as Retry-After says.")
        .retryAfter(wait);
  }
}
