package dev.sluice.framing;

import io.vertx.core.transport.Transport;
import java.util.function.IntPredicate;
import java.util.function.Supplier;

/**
 * A transport whose server sockets check the framing of what they are sent.
 *
 * @param plain the one it is made of
 * @param ports which of the ports that are listened on are checked
 * @param handlers gives each connection its own
 */
public record Sockets(Transport plain, IntPredicate ports, Supplier<FramingHandler> handlers)
    implements Transport {

  @Override
  public String name() {
    return plain.name();
  }

  @Override
  public boolean available() {
    return plain.available();
  }

  @Override
  public Throwable unavailabilityCause() {
    return plain.unavailabilityCause();
  }

  @Override
  public io.vertx.core.spi.transport.Transport implementation() {
    return new Listening(plain.implementation(), ports, handlers);
  }
}
