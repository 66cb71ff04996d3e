package dev.sluice.bus;

import dev.sluice.call.Failure;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.eventbus.MessageCodec;
import java.nio.charset.StandardCharsets;

/**
 * Carries every record: by reference inside a JVM (a record and its buffers are frozen once sent),
 * as its class name and CBOR over a wire. {@link Failure} travels as its {@link Failure.Facts}.
 */
public final class RecordCodec<T> implements MessageCodec<T, T> {
  private static final String RECORD = "sluice.record";

  private final String name;

  RecordCodec(String name) {
    this.name = name;
  }

  /** Makes this Vert.x carry records and failures; once, before anything is sent. */
  public static void register(Vertx vertx) {
    EventBus bus = vertx.eventBus();
    bus.registerCodec(new RecordCodec<Record>(RECORD));
    bus.registerDefaultCodec(Failure.class, new RecordCodec<>("sluice.failure"));
    bus.codecSelector(body -> body instanceof Record ? RECORD : null);
  }

  @Override
  public void encodeToWire(Buffer wire, T message) {
    Record record = message instanceof Failure failure ? failure.facts() : (Record) message;
    byte[] type = record.getClass().getName().getBytes(StandardCharsets.UTF_8);
    byte[] content = Wire.encode(record);
    wire.appendInt(type.length).appendBytes(type).appendInt(content.length).appendBytes(content);
  }

  @Override
  @SuppressWarnings("unchecked") // the wire says which record it is; Address casts to what it takes
  public T decodeFromWire(int position, Buffer wire) {
    int typeEnd = position + 4 + wire.getInt(position);
    Class<?> type = recordClass(wire.getString(position + 4, typeEnd));
    byte[] content = wire.getBytes(typeEnd + 4, typeEnd + 4 + wire.getInt(typeEnd));
    Object record = Wire.decode(content, type);
    return (T) (record instanceof Failure.Facts facts ? new Failure(facts) : record);
  }

  /** Only records are ever made from a wire. */
  private static Class<?> recordClass(String name) {
    try {
      Class<?> type = Class.forName(name, false, RecordCodec.class.getClassLoader());
      if (type.isRecord()) return type;
      throw new IllegalArgumentException(name + " is not a record");
    } catch (ClassNotFoundException e) {
      throw new IllegalArgumentException("this node does not know the record " + name, e);
    }
  }

  @Override
  public T transform(T message) {
    return message;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public byte systemCodecID() {
    return -1;
  }
}
