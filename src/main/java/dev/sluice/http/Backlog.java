package dev.sluice.http;

import dev.sluice.call.Failure;
import io.netty.channel.Channel;
import io.vertx.core.Future;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.impl.ConnectionBase;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * What one event loop holds for peers that do not take it: clients that do not read, upstreams that
 * do not, batches that are not answered yet. Each may be slow for as long as there is room. Where
 * there is little, who has taken nothing for some seconds is broken off; where there is none, who
 * has taken nothing for the longest time: one that reads, however slowly, is never that one among
 * many that do not.
 */
final class Backlog {
  /**
   * What a body on its way may have waiting, in bytes: a channel's high-water mark, and one read.
   */
  static final int PASSING = 128 * 1024;

  /** What a response costs beside its body, in bytes. */
  private static final int RESPONSE = 8 * 1024;

  private static final long ENHANCE_YOUR_CALM = 0xb; // RFC 9113 §7
  private static final long PATIENCE_NANOS = Duration.ofSeconds(5).toNanos();

  private final Set<Stall> stalls = new LinkedHashSet<>(); // the longest first
  private final long most;
  private final LongSupplier clock;
  private long held;

  /** A share of the memory: all event loops hold a quarter of it at most. */
  static Backlog share(int loops) {
    return new Backlog(Runtime.getRuntime().maxMemory() / 4 / loops, System::nanoTime);
  }

  /** There is little room where half of {@code most} bytes are held, and none where all are. */
  Backlog(long most, LongSupplier clock) {
    this.most = most;
    this.clock = clock;
  }

  /** Somebody takes no more for now; {@code breakOff} is for where this lasts too long. */
  Stall begin(int bytes, Runnable breakOff) {
    Stall stall = new Stall(breakOff);
    stall.add(bytes);
    while (!makeRoom(stall) && stalls.iterator().next() != stall) {
      stalls.iterator().next().breakOff();
    }
    return stall;
  }

  /** Breaks off who is late, but for one, where there is little room; whether there is enough. */
  private boolean makeRoom(Stall but) {
    while (held > most / 2) {
      Stall longest = stalls.iterator().next();
      boolean late = clock.getAsLong() - longest.since >= PATIENCE_NANOS;
      if (longest == but || !late) break;
      longest.breakOff();
    }
    return held <= most;
  }

  /**
   * Counts a response that has been written as a whole until its client has taken it.
   *
   * @param own how many bytes of it nobody else holds anyway
   */
  void whole(HttpServerRequest request, Future<Void> ended, int own) {
    boolean http2 = request.version() == HttpVersion.HTTP_2;
    if (http2 ? ended.isComplete() : channel(request).isWritable()) return;
    int bytes = RESPONSE + (http2 ? own : PASSING / 2);
    Stall stall = begin(bytes, () -> expel(request));
    ended.onComplete(done -> stall.end());
  }

  /**
   * What waits for a client is dropped, and the client with it. A stream alone only where the
   * client reads the others: to one that reads nothing a reset would wait as well.
   */
  static void expel(HttpServerRequest request) {
    Channel channel = channel(request);
    boolean reads = request.version() == HttpVersion.HTTP_2 && channel.isWritable();
    if (reads) request.response().reset(ENHANCE_YOUR_CALM);
    else channel.pipeline().firstContext().close(); // at once: nothing is sent first
  }

  static Channel channel(HttpServerRequest request) {
    return ((ConnectionBase) request.connection()).channel();
  }

  static Failure overloaded() {
    String why = "Too much waits for peers that are slow to take it.";
    return Failure.unavailable("OVERLOADED", why);
  }

  long held() {
    return held;
  }

  /** One that waits. */
  final class Stall {
    private final Runnable breakOff;
    private long bytes;
    private long since;
    private boolean over;

    private Stall(Runnable breakOff) {
      this.breakOff = breakOff;
    }

    /**
     * There is more of it, and it is the youngest again. False where there is no room: it is over
     * then, for others, who move, came before.
     */
    boolean grow(int more) {
      if (over) return false;
      add(more);
      if (makeRoom(this)) return true;
      end();
      return false;
    }

    private void add(int more) {
      bytes += more;
      held += more;
      renew();
    }

    /** It goes on: there are others that do not. */
    void renew() {
      if (over) return;
      since = clock.getAsLong();
      stalls.remove(this);
      stalls.add(this);
    }

    /** It has been taken, or given up. */
    void end() {
      if (over) return;
      over = true;
      stalls.remove(this);
      held -= bytes;
    }

    private void breakOff() {
      end();
      breakOff.run();
    }
  }
}
