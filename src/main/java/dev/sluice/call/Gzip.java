package dev.sluice.call;

import io.vertx.core.buffer.Buffer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.zip.GZIPOutputStream;

/** The gzip content coding (RFC 9110 §8.4.1.3). */
public final class Gzip {
  private static final int QUICK_BYTES = 64 * 1024;

  private Gzip() {}

  /** Whether so much may be compressed on an event loop. */
  public static boolean isQuick(Buffer bytes) {
    return bytes.length() < QUICK_BYTES;
  }

  public static Buffer compress(Buffer bytes) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(bytes.length() / 3 + 64);
    try (GZIPOutputStream gzip = new GZIPOutputStream(out, 4096)) {
      gzip.write(bytes.getBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e); // memory does not fail
    }
    return Buffer.buffer(out.toByteArray());
  }
}
