package dev.sluice.prove;

import static dev.sluice.prove.Figures.say;

import dev.sluice.prove.Origin.Fault;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/**
 * Mixed load for long, with faults of an upstream that come and go: nothing may be lost on the way,
 * neither memory nor descriptors nor an answer.
 */
final class Soak implements Prove.Proof {
  private static final int PER_SECOND = 500;
  private static final int AT_ONCE = 256;
  private static final long WEATHER_MILLIS = 4000;
  private static final int REST_SECONDS = 60;
  private static final int LONGEST_INTERVAL = 30;
  private static final int FEWEST_SAMPLES = 15;
  private static final double MOST_HEAP = 16;
  private static final int MOST_DESCRIPTORS = 8;

  private final int seconds;

  Soak(int minutes) {
    seconds = minutes * 60;
  }

  @Override
  public boolean holds() throws Exception {
    Vertx vertx = Vertx.vertx();
    try (Origin steady = new Origin();
        Origin shaky = new Origin();
        Subject gateway = new Subject(Memory.settings(), Ask.yaml(steady, shaky))) {
      Vitals start = Vitals.of(gateway);
      start.print("start");
      LoadMix mix = new LoadMix(vertx, gateway.port(), PER_SECOND, AT_ONCE).start();
      vertx.setPeriodic(WEATHER_MILLIS, t -> shaky.fault(weather()));
      List<Vitals> samples = sample(gateway);
      mix.stop();
      TimeUnit.SECONDS.sleep(REST_SECONDS);
      Vitals end = Vitals.of(gateway);
      end.print("a minute after the end");
      mix.print();
      double growth = growth(samples);
      say("heap over the run, by a line through the samples: %+.1f MiB", growth);
      int blocked = gateway.logged(Subject.BLOCKED);
      int unhandled = gateway.logged(Subject.UNHANDLED);
      int errors = gateway.logged(Subject.ERROR);
      say(
          "logged: %d times a blocked event loop, %d exceptions nobody handled, %d errors in all",
          blocked, unhandled, errors);
      gateway.printNoted();
      return mix.wrong() == 0
          && blocked == 0
          && unhandled == 0
          && growth < MOST_HEAP
          && end.heap() < samples.get(0).heap() + MOST_HEAP
          && end.connections() <= start.connections()
          && end.descriptors() <= start.descriptors() + MOST_DESCRIPTORS;
    } finally {
      vertx.close();
    }
  }

  /** Fine half of the time. */
  static Fault weather() {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    Fault[] faults = Fault.values();
    return random.nextBoolean() ? Fault.NONE : faults[random.nextInt(faults.length)];
  }

  /** The first fifth of the time is to warm up. */
  private List<Vitals> sample(Subject gateway) throws Exception {
    List<Vitals> samples = new ArrayList<>();
    int every = Math.min(LONGEST_INTERVAL, Math.max(1, seconds / FEWEST_SAMPLES));
    long began = System.nanoTime();
    for (int due = every; due <= seconds; due += every) {
      long left = began + TimeUnit.SECONDS.toNanos(due) - System.nanoTime();
      if (left < -TimeUnit.SECONDS.toNanos(every)) continue; // the machine is behind
      TimeUnit.NANOSECONDS.sleep(Math.max(0, left));
      Vitals now = Vitals.of(gateway);
      now.print("%5d s".formatted((System.nanoTime() - began) / 1_000_000_000));
      if (due > seconds / 5) samples.add(now);
    }
    return samples;
  }

  /** MiB from the first sample to the last, along the line of least squares. */
  static double growth(List<Vitals> samples) {
    double middle = (samples.size() - 1) / 2.0;
    double mean = samples.stream().mapToDouble(Vitals::heap).average().orElseThrow();
    double above = 0;
    double below = 0;
    for (int i = 0; i < samples.size(); i++) {
      above += (i - middle) * (samples.get(i).heap() - mean);
      below += (i - middle) * (i - middle);
    }
    return below == 0 ? 0 : above / below * (samples.size() - 1);
  }
}
