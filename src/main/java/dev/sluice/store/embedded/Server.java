package dev.sluice.store.embedded;

import java.io.IOException;
import java.util.List;

/**
 * What one kind of server needs to be run; {@link SupervisedServer} runs it. All methods may block.
 */
interface Server {
  /** Its name for people. */
  String title();

  /** Its name in file names and settings. */
  String name();

  /**
   * Does what must be done before each start: makes the data if there is none, writes its
   * configuration.
   */
  void prepare(Endpoint endpoint) throws IOException;

  /** The command that runs it in the foreground. */
  List<String> command(Endpoint endpoint);

  /** The signal that makes it save its data, drop its clients and end. */
  String stopSignal();

  /** Whether the server that runs in this process answers now. */
  boolean ready(Endpoint endpoint, GuardedProcess process);
}
