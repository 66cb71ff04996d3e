package dev.sluice.http;

import dev.sluice.call.Failure;
import dev.sluice.upstream.Trouble;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** The clients of one {@link Fetch}, in the order they came. Belongs to its event loop. */
final class Audience {
  /** More than this is not asked of an upstream before the fastest client has taken it. */
  static final long WINDOW = 256 * 1024;

  private final List<Reader> readers = new ArrayList<>(2);

  void add(Reader reader) {
    readers.add(reader);
  }

  boolean remove(Reader reader) {
    return readers.remove(reader);
  }

  boolean isEmpty() {
    return readers.isEmpty();
  }

  /** As they are now: they may leave meanwhile. */
  List<Reader> all() {
    return List.copyOf(readers);
  }

  /** The one for whom it was started, or null once it has left. */
  Reader leader() {
    return readers.isEmpty() || readers.get(0).collapsed ? null : readers.get(0);
  }

  /** Early hints say what one client's page needs: they are for no other. */
  void hints(MultiMap fields) {
    Reader leader = leader();
    if (leader != null) leader.run(() -> leader.hints(fields));
  }

  /** Gives all a part of the body; who is so far behind the others that it costs too much goes. */
  void give(Buffer chunk, long most) {
    for (Reader reader : all()) {
      if (reader.backlog() > most) {
        readers.remove(reader);
        reader.run(reader::breakOff);
      } else {
        reader.expect(chunk);
        reader.run(() -> reader.chunk(chunk));
      }
    }
  }

  /** Whether even the fastest has enough to send for now. */
  boolean isFull() {
    if (readers.isEmpty()) return false;
    for (Reader reader : readers) if (reader.backlog() <= WINDOW) return false;
    return true;
  }

  /** Whether all that was given has been sent. */
  boolean isServed() {
    for (Reader reader : readers) if (reader.backlog() > 0) return false;
    return true;
  }

  void end() {
    for (Reader reader : all()) reader.run(reader::end);
  }

  void breakOff() {
    for (Reader reader : all()) reader.run(reader::breakOff);
  }

  void fail(Failure failure, Trouble trouble, Function<Reader, String> status) {
    for (Reader reader : all()) {
      String told = status.apply(reader);
      reader.run(() -> reader.fail(failure, trouble, told));
    }
  }
}
