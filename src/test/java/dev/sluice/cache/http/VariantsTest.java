package dev.sluice.cache.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import org.junit.jupiter.api.Test;

/** What is known of one URI, and which of it a request selects (RFC 9111 §4, §4.1). */
class VariantsTest {
  private static final long MOST = 1 << 20;

  private static MultiMap fields(String... pairs) {
    MultiMap fields = MultiMap.caseInsensitiveMultiMap();
    for (int i = 0; i < pairs.length; i += 2) fields.add(pairs[i], pairs[i + 1]);
    return fields;
  }

  /** A response that was asked for at a time, in ms, and came at once. */
  private static Stored stored(long askedAt, int bytes, MultiMap request, String... response) {
    MultiMap head = fields(response).add("cache-control", "max-age=60");
    Plan.Request asked =
        new Plan.Request("key", "origin", request, Asked.of(request), askedAt, askedAt);
    Plan plan = Plan.of(asked, new Head(200, null, head), askedAt, 0);
    return Stored.of(plan, Buffer.buffer(new byte[bytes]));
  }

  @Test
  void theLaterAskedTakesThePlaceOfTheEarlierWhicheverComesLast() {
    Stored early = stored(1000, 1, fields());
    Stored late = stored(2000, 1, fields());
    assertSame(late, Variants.NONE.with(early, MOST).with(late, MOST).select(fields(), false));
    assertSame(late, Variants.NONE.with(late, MOST).with(early, MOST).select(fields(), false));
    assertEquals(1, Variants.NONE.with(early, MOST).with(late, MOST).stored().size());
  }

  @Test
  void whatWasAskedForBeforeAWriteIsNotStoredAfterIt() {
    Variants written = new Variants(java.util.List.of(), 0, 1500);
    assertNull(written.with(stored(1499, 1, fields()), MOST).select(fields(), false));
    Stored later = stored(1500, 1, fields());
    assertSame(later, written.with(later, MOST).select(fields(), false));
  }

  @Test
  void oneWithVaryGoesBeforeALaterOneWithout() {
    Stored varied = stored(1000, 1, fields("a", "1"), "vary", "a");
    Stored plain = stored(2000, 1, fields("a", "2"));
    Variants both = Variants.NONE.with(varied, MOST).with(plain, MOST);
    assertSame(varied, both.select(fields("a", "1"), false));
    assertSame(plain, both.select(fields("a", "3"), false));
  }

  @Test
  void ofSeveralTheLatestDateCounts() {
    Stored old = stored(9000, 1, fields("a", "1"), "vary", "a", "date", date(1));
    Stored recent = stored(8000, 1, fields("b", "1"), "vary", "b", "date", date(2));
    MultiMap request = fields("a", "1", "b", "1");
    assertSame(recent, Variants.NONE.with(recent, MOST).with(old, MOST).select(request, false));
    assertSame(recent, Variants.NONE.with(old, MOST).with(recent, MOST).select(request, false));
  }

  private static String date(int second) {
    return "Thu, 01 Jan 1970 00:00:0" + second + " GMT";
  }

  @Test
  void variantsAreBoundedInNumberAndBytes() {
    Variants many = Variants.NONE;
    for (int i = 0; i < 200; i++) {
      many = many.with(stored(1000 + i, 1, fields("a", "" + i), "vary", "a"), MOST);
    }
    assertEquals(50, many.stored().size());
    assertNull(many.select(fields("a", "0"), false), "the oldest went");
    Variants large = Variants.NONE;
    for (int i = 0; i < 10; i++) {
      large = large.with(stored(1000 + i, 300_000, fields("a", "" + i), "vary", "a"), MOST);
    }
    assertEquals(3, large.stored().size());
    assertTrue(large.weight() <= MOST);
  }

  @Test
  void aRenewedOneTakesThePlaceOfItsOwnAlone() {
    Stored old = stored(1000, 1, fields());
    Stored renewed = stored(3000, 1, fields());
    Stored other = stored(2000, 1, fields());
    assertSame(renewed, Variants.NONE.with(old, MOST).replacing(old, renewed).stored().get(0));
    Variants meanwhile = Variants.NONE.with(old, MOST).with(other, MOST);
    assertSame(other, meanwhile.replacing(old, renewed).select(fields(), false));
  }

  @Test
  void whatIsStoredEndsThatNobodyWaits() {
    Variants passed = Variants.NONE.passing(5000);
    assertEquals(0, passed.with(stored(1000, 1, fields()), MOST).passUntil());
    Stored cookie = stored(1000, 1, fields(), "set-cookie", "a=b");
    assertEquals(5000, passed.with(cookie, MOST).passUntil(), "it is not for who asks meanwhile");
  }
}
