package dev.sluice.bus;

import dev.sluice.call.Body;
import dev.sluice.call.Failure;
import dev.sluice.call.Failure.Category;
import dev.sluice.call.Flow;
import dev.sluice.call.Ids;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.streams.Pipe;
import io.vertx.core.streams.ReadStream;
import io.vertx.core.tracing.TracingPolicy;
import java.time.Duration;

/**
 * The two ends of a {@link Flow}. The reader grants credits, so a slow one stops the writer; each
 * end tells the other every few seconds that it lives, so neither outlives the other for long. An
 * end belongs to the event loop it was made on; both may be of one node or of two.
 */
public final class Flows {
  /** How many chunks may be written and not yet read. */
  static final int WINDOW = 16;

  /** What is larger is split, so that the window bounds bytes as well. */
  static final int MAX_CHUNK = 64 * 1024;

  /** How long an end may say nothing before the other one takes it for dead. */
  public static final Duration IDLE = Duration.ofSeconds(30);

  private static final DeliveryOptions UNTRACED =
      new DeliveryOptions().setTracingPolicy(TracingPolicy.IGNORE);

  private Flows() {}

  /** Reader to writer, first: here I am. */
  record Open(String reader, long upTo) {}

  /** Reader to writer: so many chunks may be sent in all; also, that it lives. */
  record Grant(long upTo) {}

  /** Reader to writer: no more is wanted. */
  record Stop(Failure.Facts why) {}

  /** Writer to reader: the next part, counted from 0. */
  record Chunk(long number, Buffer bytes) {}

  /** Writer to reader: it lives, and has sent so many chunks. */
  record Beat(long sent) {}

  /** Writer to reader: so many chunks were all; or it breaks off. */
  record End(long sent, Failure.Facts why) {}

  /** Where the writer listens. */
  static Address<Open, Beat> writer(Flow flow) {
    return Address.shared("flow." + flow.id(), Open.class, Beat.class);
  }

  /** A chunk is no step of a trace. */
  static void send(Vertx vertx, String address, Record word) {
    vertx.eventBus().send(address, word, UNTRACED);
  }

  static Failure cancelled() {
    return Failure.unavailable("CANCELLED", "Nobody reads the stream any more.");
  }

  static Failure silent() {
    return Failure.timeout("The other end of a stream");
  }

  static Failure gap() {
    return Failure.of(Category.SERVER, "STREAM_BROKEN", "Part of a stream was lost on its way.");
  }

  /** Opens a stream. A reader must come within {@link #IDLE}. */
  public static FlowWriter open(Vertx vertx) {
    return open(vertx, IDLE);
  }

  /** The same with another patience. */
  public static FlowWriter open(Vertx vertx, Duration idle) {
    return new FlowWriter(vertx, new Flow(Ids.next()), idle);
  }

  /** The reader's end; it comes to the writer once it has a handler. */
  public static FlowReader read(Vertx vertx, Flow flow) {
    return read(vertx, flow, IDLE);
  }

  /** The same with another patience. */
  public static FlowReader read(Vertx vertx, Flow flow, Duration idle) {
    return new FlowReader(vertx, flow, idle);
  }

  /** Any body as a stream, also one whose bytes are here. */
  public static FlowReader read(Vertx vertx, Body body) {
    return body.isStreamed() ? read(vertx, body.flow()) : FlowReader.of(vertx, body.bytes());
  }

  /** Tells the writer of a body that nobody will read it; nothing where it is no stream. */
  public static void drop(Vertx vertx, Body body) {
    if (body.isStreamed()) read(vertx, body.flow()).cancel();
  }

  /**
   * Carries a stream over the bus: reads it as its reader asks for more. Gives its name once that
   * may be told.
   *
   * @param released run once the source is not read any more, whatever the reason
   */
  public static Future<Flow> carry(Vertx vertx, ReadStream<Buffer> source, Runnable released) {
    FlowWriter writer = open(vertx);
    Pipe<Buffer> pipe = source.pipe().endOnFailure(false);
    pipe.to(writer).onFailure(writer::fail);
    writer
        .ended()
        .onComplete(
            done -> {
              if (done.failed()) pipe.close(); // it may not write again for long, and notice
              released.run();
            });
    return writer.ready();
  }
}
