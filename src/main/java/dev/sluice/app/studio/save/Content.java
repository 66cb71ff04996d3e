package dev.sluice.app.studio.save;

import io.vertx.core.buffer.Buffer;
import java.io.ByteArrayOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

/**
 * What a slot has, byte for byte.
 *
 * @param raw as it was sent
 * @param packed the same as it is kept: deflated (RFC 1951)
 */
record Content(Buffer raw, byte[] sha256, Buffer packed) {

  static Content of(Buffer raw) {
    byte[] bytes = raw.getBytes();
    return new Content(raw, sha256(bytes), packed(bytes));
  }

  private static Buffer packed(byte[] bytes) {
    Deflater deflater = new Deflater(Deflater.BEST_SPEED, true);
    try {
      deflater.setInput(bytes);
      deflater.finish();
      ByteArrayOutputStream packed = new ByteArrayOutputStream(bytes.length / 2 + 64);
      byte[] some = new byte[8192];
      while (!deflater.finished()) packed.write(some, 0, deflater.deflate(some));
      return Buffer.buffer(packed.toByteArray());
    } finally {
      deflater.end();
    }
  }

  /** As it was sent. */
  static Buffer raw(Buffer packed) {
    Inflater inflater = new Inflater(true);
    try {
      inflater.setInput(packed.getBytes());
      ByteArrayOutputStream raw = new ByteArrayOutputStream(packed.length() * 4);
      byte[] some = new byte[8192];
      while (!inflater.finished()) {
        int more = inflater.inflate(some);
        if (more == 0 && !inflater.finished()) throw new IllegalStateException("a save is cut off");
        raw.write(some, 0, more);
      }
      return Buffer.buffer(raw.toByteArray());
    } catch (DataFormatException e) {
      throw new IllegalStateException("a save is damaged", e);
    } finally {
      inflater.end();
    }
  }

  private static byte[] sha256(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
