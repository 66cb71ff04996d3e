package dev.sluice.harness;

import dev.sluice.harness.SyncDevice.Answer;
import dev.sluice.harness.SyncDevice.Line;
import dev.sluice.harness.SyncDevice.Lost;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * A line that loses requests and answers, carries requests twice, and some long after later ones.
 */
public final class LossyLine implements Line {
  private final Line line;
  private final Random random;
  private final List<Runnable> underway = new ArrayList<>();
  private boolean good;

  public LossyLine(Line line, Random random) {
    this.line = line;
    this.random = random;
  }

  /** What is still under way arrives, and from now on nothing is lost. */
  public void mend() {
    good = true;
    while (!underway.isEmpty()) arrive();
  }

  /** One of those that were late; nobody waits for its answer any more. */
  private void arrive() {
    try {
      underway.remove(random.nextInt(underway.size())).run();
    } catch (Lost lost) {
      // as any other
    }
  }

  @Override
  public Answer send(String method, String uri, JsonObject body, String key) {
    if (!good && !underway.isEmpty() && random.nextInt(3) == 0) {
      arrive();
    }
    int fate = good ? 99 : random.nextInt(10);
    if (fate == 0) throw new Lost();
    if (fate == 1 || fate == 2) {
      underway.add(() -> line.send(method, uri, body, key));
      throw new Lost();
    }
    Answer answer = line.send(method, uri, body, key);
    if (fate == 3 || fate == 4) throw new Lost();
    if (fate == 5) underway.add(() -> line.send(method, uri, body, key));
    return answer;
  }
}
