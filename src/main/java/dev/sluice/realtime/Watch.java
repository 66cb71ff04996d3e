package dev.sluice.realtime;

import dev.sluice.call.Failure;
import dev.sluice.realtime.Session.Standing;
import java.util.function.Consumer;

/** Looks whether who has been let in may stay; where that cannot be known, it is asked again. */
public final class Watch {
  private final Standing standing;
  private final Consumer<Failure> refused;
  private boolean checking;

  /** {@code refused} is told why it may not. */
  public Watch(Standing standing, Consumer<Failure> refused) {
    this.standing = standing;
    this.refused = refused;
  }

  /** To be done now and then. */
  public void look() {
    if (checking || standing.isGood()) return;
    checking = true;
    standing
        .check()
        .onComplete(
            (good, cause) -> {
              checking = false;
              if (cause instanceof Failure why && why.status() < 500) refused.accept(why);
            });
  }
}
