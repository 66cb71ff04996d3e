package dev.sluice.outward;

import io.vertx.core.Future;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** What stands in for settings and for the world's names. */
final class Toys {
  private Toys() {}

  static Reach reach(String... allowed) {
    return reach("", Duration.ofSeconds(2), allowed);
  }

  static Reach reach(String ca, Duration timeout, String... allowed) {
    return new Reach(true, List.of(allowed), ca, timeout, timeout);
  }

  /** Names that lead where a test says, each answer but the last one only once. */
  static final class ToyNames implements Names {
    final List<String> asked = new ArrayList<>();
    private final Map<String, Deque<List<InetAddress>>> answers = new ConcurrentHashMap<>();

    ToyNames with(String host, String... addresses) {
      List<InetAddress> all = new ArrayList<>();
      for (String address : addresses) all.add(address(address));
      answers.computeIfAbsent(host, h -> new ArrayDeque<>()).add(all);
      return this;
    }

    @Override
    public Future<List<InetAddress>> addresses(String host) {
      asked.add(host);
      Deque<List<InetAddress>> left = answers.get(host);
      if (left == null) return Future.failedFuture(new UnknownHostException(host));
      return Future.succeededFuture(left.size() == 1 ? left.peek() : left.poll());
    }
  }

  /** In the form it is written in. */
  static InetAddress address(String text) {
    return Addresses.literal(text);
  }
}
