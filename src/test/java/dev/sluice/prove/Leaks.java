package dev.sluice.prove;

import static dev.sluice.prove.Figures.say;

import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The mixed load with Netty watching every buffer: none may be lost. */
final class Leaks implements Prove.Proof {
  private static final int PER_SECOND = 200;
  private static final int AT_ONCE = 128;
  private static final long WEATHER_MILLIS = 2000;
  private static final int COLLECT_SECONDS = 5;
  private static final String LEVEL = "io.netty.leakDetection.level=paranoid";

  private final int seconds;

  Leaks(int seconds) {
    this.seconds = seconds;
  }

  @Override
  public boolean holds() throws Exception {
    List<String> jvm = new ArrayList<>(Memory.settings());
    jvm.add("-D" + LEVEL);
    Vertx vertx = Vertx.vertx();
    try (Origin steady = new Origin();
        Origin shaky = new Origin();
        Subject gateway = new Subject(jvm, Ask.yaml(steady, shaky))) {
      LoadMix mix = new LoadMix(vertx, gateway.port(), PER_SECOND, AT_ONCE).start();
      vertx.setPeriodic(WEATHER_MILLIS, t -> shaky.fault(Soak.weather()));
      for (int passed = 0; passed < seconds; passed += COLLECT_SECONDS) collect(gateway);
      mix.stop();
      for (int i = 0;
          i < 2;
          i++) { // what a collection finds is told with the buffers made after it
        collect(gateway);
        LoadMix more = new LoadMix(vertx, gateway.port(), PER_SECOND, AT_ONCE).start();
        collect(gateway);
        more.stop();
      }
      mix.print();
      Vitals.of(gateway).print("at the end");
      int leaks = gateway.logged(Subject.LEAK);
      say("%s, collected every %d s: %d leaks told", LEVEL, COLLECT_SECONDS, leaks);
      gateway.printNoted();
      return leaks == 0 && mix.wrong() == 0;
    } finally {
      vertx.close();
    }
  }

  private static void collect(Subject gateway) throws Exception {
    TimeUnit.SECONDS.sleep(COLLECT_SECONDS);
    Vitals.jcmd(gateway.pid(), "GC.run");
  }
}
