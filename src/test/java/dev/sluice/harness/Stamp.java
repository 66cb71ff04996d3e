package dev.sluice.harness;

import dev.sluice.app.Interceptor;
import dev.sluice.call.Call;
import dev.sluice.call.Failure;
import dev.sluice.call.Failure.Category;
import dev.sluice.call.Reply;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.json.JsonObject;
import java.util.concurrent.atomic.AtomicInteger;

/** Numbers the replies it sees with a header, or does what its setting {@code does} says. */
public final class Stamp implements Interceptor {
  private final AtomicInteger seen = new AtomicInteger();
  private String does;

  @Override
  public void check(JsonObject settings) {
    if (settings.containsKey("dose")) throw new IllegalArgumentException("does, not dose");
  }

  @Override
  public Future<?> open(Opening opening) {
    does = opening.settings().getString("does", "stamp");
    if (does.equals("stay shut")) throw new IllegalStateException("nobody has the key");
    return Future.succeededFuture();
  }

  @Override
  public Future<Reply> answer(Call call, Next next) {
    int number = seen.incrementAndGet();
    return switch (does) {
      case "throw" -> throw new IllegalStateException("secret: at db.internal");
      case "hang" -> Promise.<Reply>promise().future();
      case "lose" -> next.answer().mapEmpty();
      case "refuse" ->
          Future.failedFuture(Failure.of(Category.AUTHORIZATION, "NOT_TODAY", "Not today."));
      default -> next.answer().map(reply -> reply.with("x-stamp", Integer.toString(number)));
    };
  }

  /** One whose constructor throws. */
  public static final class Broken implements Interceptor {
    public Broken() {
      throw new IllegalStateException("no licence");
    }

    @Override
    public Future<Reply> answer(Call call, Next next) {
      return next.answer();
    }
  }

  /** One that nobody can make. */
  public record Made(String by) implements Interceptor {
    @Override
    public Future<Reply> answer(Call call, Next next) {
      return next.answer();
    }
  }
}
