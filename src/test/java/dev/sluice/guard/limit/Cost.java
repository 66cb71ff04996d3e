package dev.sluice.guard.limit;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.impl.headers.HeadersMultiMap;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * What a limit adds to the work on a hit, in CPU time of the thread: a client is found and counted,
 * and told by two fields in the head of its answer. Heads with and without are made by turns, for
 * over the wire, where a hit takes a hundred times as long, no difference so small can be seen.
 */
public final class Cost {
  private static final int ROUNDS = 240;
  private static final int WARM = 60;
  private static final int HEADS = 50_000; // a turn
  private static final int FIELDS = 12; // about what a hit has
  private static final ThreadMXBean CPU = ManagementFactory.getThreadMXBean();
  private static final CharSequence POLICY = HttpHeaders.createOptimized("ratelimit-policy");
  private static final CharSequence STANDING = HttpHeaders.createOptimized("ratelimit");

  private final CharSequence[] fields = new CharSequence[FIELDS];
  private final ByteBuf wire = Unpooled.directBuffer(4096);
  private final Limit limit;
  private long written;

  private Cost() {
    for (int i = 0; i < FIELDS; i++) fields[i] = HttpHeaders.createOptimized("x-some-field-" + i);
    Quota quota = new Quota(1_000_000_000, Duration.ofMinutes(1));
    Rule rule = new Tallies(System::nanoTime).rule("default", "ip", quota);
    this.limit = new Limit(null, List.of(new Limit.Part(rule, null, Map.of(), null, Outage.LOCAL)));
  }

  /** In nanoseconds, the nine deciles of what it adds: 4 is the median. */
  public static double[] deciles() {
    Cost cost = new Cost();
    double[] added = new double[ROUNDS];
    for (int i = -WARM; i < ROUNDS; i++) {
      boolean first = i % 2 == 0;
      double one = cost.nanos(first);
      double other = cost.nanos(!first);
      if (i >= 0) added[i] = first ? one - other : other - one;
    }
    cost.wire.release();
    if (cost.written == 0) throw new AssertionError("nothing was done");
    Arrays.sort(added);
    double[] deciles = new double[9];
    for (int i = 0; i < 9; i++) deciles[i] = added[(i + 1) * ROUNDS / 10];
    return deciles;
  }

  private double nanos(boolean limited) {
    long began = CPU.getCurrentThreadCpuTime();
    if (limited) limited();
    else unlimited();
    return (CPU.getCurrentThreadCpuTime() - began) / (double) HEADS;
  }

  private void unlimited() {
    for (int i = 0; i < HEADS; i++) write(head());
  }

  private void limited() {
    for (int i = 0; i < HEADS; i++) {
      Tally counted = limit.takeAtOnce(null, "127.0.0.1");
      HeadersMultiMap head = head();
      head.add(POLICY, counted.policy());
      head.add(STANDING, counted.standing());
      write(head);
    }
  }

  private HeadersMultiMap head() {
    HeadersMultiMap head = HeadersMultiMap.httpHeaders();
    for (CharSequence field : fields) head.add(field, field);
    return head;
  }

  private void write(HeadersMultiMap head) {
    head.encode(wire.clear(), true);
    written += wire.writerIndex();
  }
}
