package dev.sluice.provider;

import static dev.sluice.provider.Toys.job;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.call.Priority;
import dev.sluice.conf.Size;
import dev.sluice.provider.Traffic.Waiting;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class MailboxTest {
  private static final long NEVER_AGED = Long.MIN_VALUE;

  @Test
  void theMoreUrgentLeaveFirstAndEqualsInTheirOrder() {
    Mailbox box = box(100, 1_000_000);
    Job low = offered(box, Priority.LOW);
    Job first = offered(box, Priority.NORMAL);
    Job second = offered(box, Priority.NORMAL);
    Job high = offered(box, Priority.HIGH);
    assertEquals(List.of(high, first, second, low), all(box));
    assertNull(box.poll(System.nanoTime(), any -> true));
  }

  @Test
  void aFullBoxShedsTheNewestOfTheLeastUrgent() {
    Mailbox box = box(3, 1_000_000);
    Job high = offered(box, Priority.HIGH);
    Job oldLow = offered(box, Priority.LOW);
    Job newLow = offered(box, Priority.LOW);
    Job normal = job(Priority.NORMAL);
    assertEquals(List.of(newLow), box.offer(normal));
    Job late = job(Priority.LOW);
    assertEquals(List.of(late), box.offer(late), "itself, where it is the least urgent");
    Job urgent = job(Priority.HIGH);
    assertEquals(List.of(oldLow), box.offer(urgent));
    assertEquals(List.of(high, urgent, normal), all(box));
  }

  @Test
  void bytesAreBoundedAsWell() {
    Mailbox box = box(100, 6000);
    Job first = job(Priority.NORMAL, 1, 2000);
    Job second = job(Priority.NORMAL, 1, 2000);
    assertEquals(List.of(), box.offer(first));
    assertEquals(List.of(), box.offer(second));
    Job third = job(Priority.HIGH, 1, 2000);
    assertEquals(List.of(second), box.offer(third));
    assertTrue(box.bytes() <= 6000, box.bytes() + " bytes");
  }

  @Test
  void whatCanNeverFitPushesNobodyOut() {
    Mailbox box = box(100, 5000);
    Job low = offered(box, Priority.LOW);
    Job giant = job(Priority.HIGH, 1, 6000);
    assertEquals(List.of(giant), box.offer(giant));
    Mailbox narrow = box(3, 1_000_000);
    Job one = offered(narrow, Priority.LOW);
    Job many = job(Priority.HIGH, 4, 0);
    assertEquals(List.of(many), narrow.offer(many));
    assertEquals(List.of(low), all(box));
    assertEquals(List.of(one), all(narrow));
  }

  @Test
  void everyCallOfABatchCounts() {
    Mailbox box = box(5, 1_000_000);
    box.offer(job(Priority.NORMAL, 4, 0));
    assertEquals(4, box.calls());
    Job two = job(Priority.NORMAL, 2, 0);
    assertEquals(List.of(two), box.offer(two));
    box.poll(System.nanoTime(), any -> true);
    assertEquals(0, box.calls());
    assertEquals(0, box.bytes());
  }

  @Test
  void everyEighthTurnIsTheLongestWaitingOnesOnceItHasAged() {
    Mailbox box = box(100, 1_000_000);
    Job low = offered(box, Priority.LOW);
    for (int i = 0; i < 20; i++) offered(box, Priority.HIGH);
    long later = System.nanoTime() + Duration.ofMinutes(2).toNanos();
    List<Job> taken = new ArrayList<>();
    for (int i = 0; i < 8; i++) taken.add(box.poll(later, any -> true));
    assertEquals(7, taken.indexOf(low));
  }

  @Test
  void whatHasNotAgedWaitsItsTurn() {
    Mailbox box = box(100, 1_000_000);
    Job low = offered(box, Priority.LOW);
    for (int i = 0; i < 20; i++) offered(box, Priority.HIGH);
    List<Job> taken = all(box);
    assertSame(low, taken.get(20));
  }

  @Test
  void aJobThatIsPutBackIsTheNextOfItsLane() {
    Mailbox box = box(2, 1_000_000);
    Job first = offered(box, Priority.NORMAL);
    offered(box, Priority.NORMAL);
    assertSame(first, box.poll(NEVER_AGED, any -> true));
    box.putFirst(first);
    assertEquals(2, box.calls());
    assertSame(first, box.poll(NEVER_AGED, any -> true));
  }

  @Test
  void aJobThatIsTakenOutIsCountedNoMore() {
    Mailbox box = box(10, 1_000_000);
    Job job = offered(box, Priority.LOW);
    assertTrue(box.remove(job));
    assertFalse(box.remove(job));
    assertEquals(0, box.calls());
    offered(box, Priority.LOW);
    offered(box, Priority.HIGH);
    assertEquals(2, box.clear().size());
    assertEquals(0, box.calls());
    assertEquals(0, box.bytes());
  }

  @Test
  void aDryCommonBucketStopsOnlyThoseWhoShareIt() {
    Mailbox box = box(10, 1_000_000);
    Job common = offered(box, Priority.HIGH);
    Job own = new Job(job(Priority.LOW).parts(), "user-7");
    box.offer(own);
    assertSame(own, box.poll(NEVER_AGED, job -> !job.sharesQuota()));
    assertNull(box.poll(NEVER_AGED, job -> !job.sharesQuota()));
    assertSame(common, box.poll(NEVER_AGED, any -> true));
  }

  @Test
  void whatIsPastItsDeadlineMakesRoom() {
    Mailbox box = box(2, 1_000_000);
    Job dead = new Job(List.of(Toys.late(Priority.HIGH)), "");
    box.offer(dead);
    Job low = offered(box, Priority.LOW);
    Job lower = job(Priority.LOW);
    assertEquals(List.of(dead), box.offer(lower));
    assertEquals(List.of(low, lower), all(box));
  }

  private static Job offered(Mailbox box, Priority priority) {
    Job job = job(priority);
    assertEquals(List.of(), box.offer(job));
    return job;
  }

  private static List<Job> all(Mailbox box) {
    List<Job> all = new ArrayList<>();
    for (Job job; (job = box.poll(System.nanoTime(), any -> true)) != null; ) all.add(job);
    return all;
  }

  private static Mailbox box(int calls, long bytes) {
    return new Mailbox(new Waiting(calls, Size.of(bytes), Duration.ofMinutes(1)));
  }
}
