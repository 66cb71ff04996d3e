package dev.sluice.prove;

import static dev.sluice.prove.Figures.say;

import dev.sluice.harness.GatewayProcess;
import dev.sluice.harness.Scratch;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** From the start of the process to ready: on an empty data directory, and on one in use. */
final class Start implements Prove.Proof {
  private static final int ROUNDS = 5;

  @Override
  public boolean holds() throws Exception {
    Figures empty = new Figures("empty data directory");
    Figures warm = new Figures("warm data directory");
    for (int i = 0; i < ROUNDS; i++) {
      Path data = Scratch.directory();
      empty.add(start(data));
      warm.add(start(data));
      Scratch.delete(data);
    }
    empty.print();
    warm.print();
    say("promised: 10 s and 3 s");
    return empty.millis(0.5) < 10_000 && warm.millis(0.5) < 3000;
  }

  private static long start(Path data) throws IOException {
    String[] arguments = {"run", "--sandbox", "--port", "0", "--data", data.toString()};
    long began = System.nanoTime();
    try (GatewayProcess gateway = GatewayProcess.start(data.getParent(), arguments).ready()) {
      return Math.max(
          System.nanoTime() - began, TimeUnit.MILLISECONDS.toNanos(gateway.readyMillis()));
    }
  }
}
