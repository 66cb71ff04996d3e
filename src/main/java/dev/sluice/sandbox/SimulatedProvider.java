package dev.sluice.sandbox;

import io.vertx.ext.web.RoutingContext;
import java.util.List;

/** One third party as the gateway meets it. State lives in the instance, one a sandbox. */
public interface SimulatedProvider {

  /** The name under which it is counted and faulted, for example {@code twitch}. */
  String name();

  /** What it answers. Operation names are the operationIds of its contract. */
  List<Operation> operations();

  /** The path prefixes it owns: unknown paths below them get its own 404, and are counted. */
  List<String> roots();

  /** What it sends with a status of 400 or more, in its own error shape for the asked path. */
  Answer failure(RoutingContext ctx, int status);

  /** What tests and developers may do to it below {@code /control}. */
  default List<ControlAction> controls() {
    return List.of();
  }
}
