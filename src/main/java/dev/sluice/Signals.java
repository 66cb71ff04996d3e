package dev.sluice;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandleProxies;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The signals of a process, where the system and the JVM let them be handled. By handles, for javac
 * warns of {@code sun.misc.Signal} in a way that nothing can silence, and there is nothing else.
 */
final class Signals {
  private static final Logger LOG = LoggerFactory.getLogger(Signals.class);

  private Signals() {}

  /** Does this whenever a signal such as HUP comes; never where there is no such signal. */
  static void on(String name, Runnable action) {
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      MethodHandles.Lookup lookup = MethodHandles.publicLookup();
      MethodHandle run =
          lookup.findVirtual(Runnable.class, "run", MethodType.methodType(void.class));
      MethodHandle handle = MethodHandles.dropArguments(run.bindTo(action), 0, signal);
      lookup
          .findStatic(signal, "handle", MethodType.methodType(handler, signal, handler))
          .invoke(
              lookup
                  .findConstructor(signal, MethodType.methodType(void.class, String.class))
                  .invoke(name),
              MethodHandleProxies.asInterfaceInstance(handler, handle));
    } catch (Throwable e) { // what a handle throws is anything: the JVM may have been told -Xrs
      LOG.debug("SIG{} is not handled: {}", name, e.toString());
    }
  }
}
