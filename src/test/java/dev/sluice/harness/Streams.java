package dev.sluice.harness;

import dev.sluice.app.App;
import dev.sluice.app.Engine;
import dev.sluice.bus.FlowWriter;
import dev.sluice.call.Call;
import dev.sluice.call.Failure;
import dev.sluice.call.Reply;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.ReadStream;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** A small app whose bodies pass as they come, in the hands of a test. */
public final class Streams implements App {
  public static final int CHUNKS = 4096;
  public static final int CHUNK = 64 * 1024;

  public final AtomicLong produced = new AtomicLong();
  public final AtomicLong read = new AtomicLong();
  public volatile Future<Void> mayRead = Future.succeededFuture();
  private final BlockingQueue<FlowWriter> writers = new LinkedBlockingQueue<>();
  private final BlockingQueue<Future<Reply>> uploads = new LinkedBlockingQueue<>();

  @Override
  public String name() {
    return "streams";
  }

  @Override
  public Map<String, Handler> handlers(Engine engine) {
    Handler write = call -> opened(engine).reply("text/event-stream");
    return Map.of(
        "events", write,
        "finished", write,
        "undeclared", write,
        "failed", call -> failed(engine),
        "sized",
            call ->
                write.answer(call).map(r -> r.with("content-length", call.params().text("length"))),
        "download", call -> engine.stream("application/octet-stream", new Source()),
        "upload", call -> upload(engine, call),
        "echo", call -> engine.stream(call.body().type(), engine.body(call)));
  }

  private static Future<Reply> failed(Engine engine) {
    FlowWriter writer = engine.open();
    writer.fail(Failure.notFound("GONE", "Gone."));
    return writer.reply("text/event-stream");
  }

  private FlowWriter opened(Engine engine) {
    FlowWriter writer = engine.open();
    writers.add(writer);
    return writer;
  }

  private Future<Reply> upload(Engine engine, Call call) {
    Promise<Reply> all = Promise.promise();
    uploads.add(all.future());
    ReadStream<Buffer> body = engine.body(call);
    AtomicLong bytes = new AtomicLong();
    body.exceptionHandler(all::tryFail);
    body.endHandler(end -> all.tryComplete(Reply.json(Map.of("bytes", bytes.get()))));
    body.handler(
        chunk -> {
          read.addAndGet(chunk.length());
          bytes.addAndGet(chunk.length());
          if (mayRead.isComplete()) return;
          body.pause();
          mayRead.onSuccess(go -> body.resume());
        });
    return all.future();
  }

  /** What the next reply is written to. */
  public FlowWriter writer() {
    return next(writers);
  }

  /** How the handler of an upload ends. */
  public Failure uploadFailure() {
    return Await.failure(next(uploads));
  }

  public void forgetUploads() {
    uploads.clear();
  }

  private static <T> T next(BlockingQueue<T> queue) {
    try {
      T next = queue.poll(20, TimeUnit.SECONDS);
      if (next == null) throw new AssertionError("nobody called");
      return next;
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** 256 MiB, made as they are asked for. */
  private final class Source implements ReadStream<Buffer> {
    private final Buffer chunk = Buffer.buffer(new byte[CHUNK]);
    private final Context context = Vertx.currentContext();
    private io.vertx.core.Handler<Buffer> handler;
    private io.vertx.core.Handler<Void> end;
    private boolean paused;
    private boolean running;
    private int made;

    private void run() {
      if (running) return;
      running = true;
      while (!paused && handler != null && made < CHUNKS) {
        made++;
        produced.incrementAndGet();
        handler.handle(chunk);
      }
      running = false;
      if (made == CHUNKS && !paused && end != null) {
        io.vertx.core.Handler<Void> once = end;
        end = null;
        context.runOnContext(once::handle);
      }
    }

    @Override
    public ReadStream<Buffer> handler(io.vertx.core.Handler<Buffer> handler) {
      this.handler = handler;
      run();
      return this;
    }

    @Override
    public ReadStream<Buffer> pause() {
      paused = true;
      return this;
    }

    @Override
    public ReadStream<Buffer> resume() {
      paused = false;
      run();
      return this;
    }

    @Override
    public ReadStream<Buffer> fetch(long amount) {
      return resume();
    }

    @Override
    public ReadStream<Buffer> endHandler(io.vertx.core.Handler<Void> handler) {
      end = handler;
      return this;
    }

    @Override
    public ReadStream<Buffer> exceptionHandler(io.vertx.core.Handler<Throwable> handler) {
      return this;
    }
  }
}
