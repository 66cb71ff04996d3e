package dev.sluice.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class BacklogTest {
  private static final long SECOND = Duration.ofSeconds(1).toNanos();
  private final List<String> brokenOff = new ArrayList<>();
  private static final int ONE = 1000;
  private long now;
  private final Backlog backlog = new Backlog(6 * ONE, () -> now);

  @Test
  void whoIsSlowIsLetBeWhileThereIsRoom() {
    begin("a");
    begin("b");
    now += 1000 * SECOND;
    begin("c");
    assertEquals(List.of(), brokenOff);
  }

  @Test
  void whereThereIsLittleWhoHasTakenNothingForSecondsGoes() {
    for (String name : List.of("a", "b", "c")) begin(name);
    now += 4 * SECOND;
    begin("d");
    assertEquals(List.of(), brokenOff);
    now += SECOND;
    begin("e");
    begin("f");
    assertEquals(List.of("a", "b", "c"), brokenOff);
    assertEquals(3 * ONE, backlog.held());
  }

  @Test
  void whoTakesSomethingNowAndThenIsNotAmongThem() {
    Backlog.Stall moving = begin("moving");
    begin("b");
    begin("c");
    now += 4 * SECOND;
    moving.end();
    begin("moving");
    now += SECOND;
    begin("d");
    assertEquals(List.of("b"), brokenOff);
    begin("e");
    assertEquals(List.of("b", "c"), brokenOff);
  }

  @Test
  void whereThereIsNoneTheLongestGoesHoweverShortThatIs() {
    for (int i = 0; i < 6; i++) begin("" + i);
    assertEquals(List.of(), brokenOff);
    begin("6");
    begin("7");
    assertEquals(List.of("0", "1"), brokenOff);
    assertEquals(6 * ONE, backlog.held());
  }

  @Test
  void whatGrowsTakesTheRoomOfThoseThatAreLateAndElseYields() {
    Backlog.Stall growing = begin("growing");
    for (String name : List.of("a", "b", "c", "d")) begin(name);
    assertTrue(growing.grow(ONE));
    assertEquals(List.of(), brokenOff);
    now += 5 * SECOND;
    assertTrue(growing.grow(2 * ONE));
    assertEquals(List.of("a", "b", "c", "d"), brokenOff);
    begin("e");
    assertFalse(growing.grow(2 * ONE));
    assertEquals(ONE, backlog.held());
    assertFalse(growing.grow(1));
    growing.end();
    assertEquals(ONE, backlog.held());
    assertEquals(4, brokenOff.size());
  }

  @Test
  void whatMovesIsNotTheLongest() {
    Backlog.Stall moving = begin("moving");
    for (int i = 0; i < 5; i++) begin("" + i);
    moving.renew();
    begin("5");
    assertEquals(List.of("0"), brokenOff);
  }

  private Backlog.Stall begin(String name) {
    return backlog.begin(ONE, () -> brokenOff.add(name));
  }
}
