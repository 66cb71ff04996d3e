package dev.sluice.http;

import dev.sluice.call.Failure;
import dev.sluice.framing.Answer;
import dev.sluice.upstream.Trouble;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;

/** Takes what nobody wants any more, up to where a new connection is cheaper. */
final class Drain implements Passage.Receiver {
  private static final long MOST = 64 * 1024;

  private final Passage passage;
  private long dropped;

  Drain(Passage passage) {
    this.passage = passage;
  }

  @Override
  public boolean chunk(Buffer chunk) {
    dropped += chunk.length();
    if (dropped > MOST) passage.abandon();
    return true;
  }

  @Override
  public void hints(MultiMap fields) {}

  @Override
  public void head(Answer answer) {}

  @Override
  public void end(MultiMap trailers) {}

  @Override
  public void fail(Failure failure, Trouble trouble) {}

  @Override
  public void breakOff() {}
}
