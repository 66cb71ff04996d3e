package dev.sluice.prove;

import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Durations that were measured, and what is said of them. Any thread may add. */
final class Figures {
  private final String what;
  private final ConcurrentLinkedQueue<Long> nanos = new ConcurrentLinkedQueue<>();

  Figures(String what) {
    this.what = what;
  }

  void add(long duration) {
    nanos.add(duration);
  }

  int count() {
    return nanos.size();
  }

  /** In milliseconds; the share is from 0 to 1, 0.5 being the median. */
  double millis(double share) {
    long[] sorted = nanos.stream().mapToLong(Long::longValue).sorted().toArray();
    if (sorted.length == 0) return Double.NaN;
    return sorted[(int) Math.min(sorted.length - 1L, (long) (share * sorted.length))] / 1e6;
  }

  void print() {
    Object[] values = {what, count(), millis(0.5), millis(0.99), millis(1)};
    say("%-34s %7d times   median %8.2f ms   p99 %8.2f ms   worst %8.2f ms", values);
  }

  static void say(String format, Object... values) {
    System.out.println(String.format(Locale.ROOT, format, values));
  }

  static double median(double... values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }
}
