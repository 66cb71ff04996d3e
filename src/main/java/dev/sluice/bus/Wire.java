package dev.sluice.bus;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.deser.std.StdScalarDeserializer;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.StdScalarSerializer;
import com.fasterxml.jackson.dataformat.cbor.databind.CBORMapper;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;

/** Records as CBOR (RFC 8949): what leaves the JVM, to another node or to Redis. */
public final class Wire {
  private static final ObjectMapper CBOR =
      CBORMapper.builder()
          .disable(MapperFeature.AUTO_DETECT_IS_GETTERS) // isEmpty() is no component of a record
          .addModule(
              new SimpleModule()
                  .addSerializer(new BufferWriter())
                  .addDeserializer(Buffer.class, new BufferReader()))
          .build();

  private Wire() {}

  public static byte[] encode(Record record) {
    try {
      return CBOR.writeValueAsBytes(record);
    } catch (IOException e) {
      throw new IllegalArgumentException("cannot encode a " + record.getClass().getName(), e);
    }
  }

  public static <T> T decode(byte[] bytes, Class<T> type) {
    try {
      return CBOR.readValue(bytes, type);
    } catch (IOException e) {
      throw new IllegalArgumentException("cannot decode a " + type.getName(), e);
    }
  }

  private static final class BufferWriter extends StdScalarSerializer<Buffer> {
    private static final long serialVersionUID = 1;

    BufferWriter() {
      super(Buffer.class);
    }

    @Override
    public void serialize(Buffer value, JsonGenerator out, SerializerProvider provider)
        throws IOException {
      out.writeBinary(value.getBytes());
    }
  }

  private static final class BufferReader extends StdScalarDeserializer<Buffer> {
    private static final long serialVersionUID = 1;

    BufferReader() {
      super(Buffer.class);
    }

    @Override
    public Buffer deserialize(JsonParser in, DeserializationContext context) throws IOException {
      return Buffer.buffer(in.getBinaryValue());
    }
  }
}
