package dev.sluice.upstream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.observe.Health.Status;
import dev.sluice.upstream.Target.Reason;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ChoiceTest {
  @Test
  void whoIsIdleIsChosenByWeightAndInTurn() {
    Targets targets = targets(5, 1, 1, 0);
    Choice choice = new Choice(targets);
    Map<Target, Integer> shares = new HashMap<>();
    List<Target> order = new ArrayList<>();
    for (int i = 0; i < 70; i++) {
      Target next = choice.next(Set.of());
      shares.merge(next, 1, Integer::sum);
      order.add(next);
    }
    assertEquals(50, shares.get(targets.all().get(0)));
    assertEquals(10, shares.get(targets.all().get(1)));
    assertEquals(10, shares.get(targets.all().get(2)));
    assertNull(shares.get(targets.all().get(3)), "a drained target");
    assertNotEquals(
        order.get(2), order.get(3), "smooth: the heavy one has not all its turns first");
  }

  /** A target that has just come back would get every request until it had its share of them. */
  @Test
  void socketsAreWeighedAgainstEachOtherAlone() {
    Targets targets = targets(1, 1);
    Choice requests = new Choice(targets);
    Choice sockets = new Choice(targets, target -> target.sockets.get());
    Target old = targets.all().get(0);
    Target back = targets.all().get(1);
    old.sockets.addAndGet(100);
    for (int i = 0; i < 100; i++) {
      Target next = sockets.next(Set.of());
      assertEquals(back, next);
      next.sockets.incrementAndGet();
    }
    Map<Target, Integer> shares = new HashMap<>();
    for (int i = 0; i < 10; i++) shares.merge(requests.next(Set.of()), 1, Integer::sum);
    assertEquals(Map.of(old, 5, back, 5), shares);
  }

  @Test
  void theLeastLoadedForItsWeightIsChosen() {
    Targets targets = targets(2, 1);
    Choice choice = new Choice(targets);
    Target heavy = targets.all().get(0);
    Target light = targets.all().get(1);
    Map<Target, Integer> held = new HashMap<>();
    for (int i = 0; i < 30; i++) {
      Target next = choice.next(Set.of());
      next.began();
      held.merge(next, 1, Integer::sum);
    }
    assertEquals(Map.of(heavy, 20, light, 10), held);
    for (int i = 0; i < 10; i++) light.ended();
    for (int i = 0; i < 8; i++) {
      assertSame(light, choice.next(Set.of()));
      light.began();
    }
  }

  @Test
  void whatIsTriedOutOrIllIsPassedOver() {
    Targets targets = targets(1, 1, 1);
    Choice choice = new Choice(targets);
    Target a = targets.all().get(0);
    Target b = targets.all().get(1);
    Target c = targets.all().get(2);
    assertSame(c, choice.next(Set.of(a, b)));
    assertNull(choice.next(Set.of(a, b, c)));
    assertTrue(targets.eject(a, Reason.FAILURES));
    assertEquals(Status.DEGRADED, targets.status());
    assertSame(b, choice.next(Set.of(c)));
    assertNull(choice.next(Set.of(b, c)), "one that is out is no other target");
    b.setWell(false);
    for (int i = 0; i < 5; i++) assertSame(c, choice.next(Set.of()));
    targets.restore(a);
    assertSame(a, choice.next(Set.of(c)));
  }

  @Test
  void theLastIsNeverTakenOutAndAllAreUsedWhereNoneIsWell() {
    Targets targets = targets(1, 1, 0);
    Choice choice = new Choice(targets);
    Target a = targets.all().get(0);
    Target b = targets.all().get(1);
    assertTrue(targets.eject(a, Reason.SILENCE));
    assertFalse(targets.eject(a, Reason.FAILURES), "it is out");
    assertFalse(targets.eject(b, Reason.FAILURES), "it is the last");
    b.setWell(false);
    assertEquals(Status.DOWN, targets.status());
    assertTrue(targets.isPanic());
    Set<Target> chosen = Set.of(choice.next(Set.of()), choice.next(Set.of()));
    assertEquals(Set.of(a, b), chosen);
  }

  @Test
  void aListenerHearsOfEachEjectionOnce() {
    Targets targets = targets(1, 1);
    List<Reason> heard = new ArrayList<>();
    targets.listen((target, reason) -> heard.add(reason));
    Target a = targets.all().get(0);
    targets.eject(a, Reason.FAILURES);
    targets.eject(a, Reason.SILENCE);
    targets.restore(a);
    targets.eject(a, Reason.SILENCE);
    assertEquals(List.of(Reason.FAILURES, Reason.SILENCE), heard);
  }

  private static Targets targets(int... weights) {
    List<TargetSettings> settings = new ArrayList<>();
    for (int weight : weights) {
      settings.add(new TargetSettings(URI.create("http://t" + settings.size() + ":1"), weight));
    }
    return new Targets(settings);
  }
}
