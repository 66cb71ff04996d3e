package dev.sluice.outward;

import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;

/**
 * What is to be sent, by POST.
 *
 * @param fields but for those of the connection and the body's length
 */
public record Parcel(String url, MultiMap fields, Buffer body) {
  /** Fields may be secrets, and a URL may be one whoever knows it can use. */
  @Override
  public String toString() {
    return "Parcel[" + body.length() + " bytes]";
  }
}
