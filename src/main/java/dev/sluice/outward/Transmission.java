package dev.sluice.outward;

import dev.sluice.framing.Answer;
import dev.sluice.upstream.connection.Connection;
import dev.sluice.upstream.connection.Request;
import dev.sluice.upstream.connection.Stream;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;

/** One parcel that is sent once: over when its answer is, when enough of it is read, or in time. */
final class Transmission implements Stream.Listener {
  private static final int MOST_READ = 64 * 1024;
  private static final int EXCERPT = 512;

  private final Vertx vertx;
  private final Duration timeout;
  private final Parcel parcel;
  private final Instant at = Instant.now();
  private final long began = System.nanoTime();
  private final Promise<Sent> over = Promise.promise();
  private final Buffer excerpt = Buffer.buffer();
  private Connection connection;
  private Answer head;
  private long read;
  private long timer;

  Transmission(Vertx vertx, Duration timeout, Parcel parcel) {
    this.vertx = vertx;
    this.timeout = timeout;
    this.parcel = parcel;
  }

  Future<Sent> begin(Sender sender) {
    timer = vertx.setTimer(timeout.toMillis(), t -> settle(Words.late(timeout)));
    sender.connect(parcel.url()).compose(this::send).onFailure(this::fail);
    return over.future();
  }

  private Future<Void> send(Sender.Connected to) {
    connection = to.connection();
    if (over.future().isComplete()) {
      connection.close();
      return Future.succeededFuture();
    }
    Buffer body = parcel.body();
    Request request =
        new Request(
            HttpMethod.POST, to.endpoint().target(), to.endpoint().authority(), fields(body));
    return connection
        .open(this)
        .map(
            stream -> {
              stream.send(request, Stream.Body.SIZED);
              stream.write(body);
              stream.end();
              return null;
            });
  }

  private MultiMap fields(Buffer body) {
    return MultiMap.caseInsensitiveMultiMap()
        .addAll(parcel.fields())
        .add("accept", "*/*")
        .add("connection", "close")
        .add("content-length", Integer.toString(body.length()));
  }

  @Override
  public void hints(MultiMap fields) {}

  @Override
  public void head(Answer answer) {
    head = answer;
  }

  @Override
  public void data(Buffer part) {
    int room = Math.min(EXCERPT - excerpt.length(), part.length());
    if (room > 0) excerpt.appendBuffer(part, 0, room);
    read += part.length();
    if (read >= MOST_READ) settle(null);
  }

  @Override
  public void end(MultiMap trailers) {
    settle(null);
  }

  @Override
  public void fail(Throwable cause) {
    settle(Words.of(cause));
  }

  @Override
  public void drained() {}

  /** Where a head has come, its status counts, however the rest goes. */
  private void settle(String trouble) {
    if (over.future().isComplete()) return;
    vertx.cancelTimer(timer);
    String error = head == null ? trouble : Words.of(head.status());
    int millis = (int) ((System.nanoTime() - began) / 1_000_000);
    Integer status = head == null ? null : head.status();
    Duration retryAfter = head == null ? null : RetryAfter.of(head.field("retry-after"));
    over.complete(new Sent(at, millis, status, text(), error, retryAfter));
    if (connection != null) connection.close();
  }

  /** What can be shown of it; null where there is nothing. */
  private String text() {
    if (excerpt.length() == 0) return null;
    String text = new String(excerpt.getBytes(), StandardCharsets.UTF_8);
    return text.replaceAll("[\\p{Cntrl}\\x{FFFD}]", " ").strip();
  }
}
