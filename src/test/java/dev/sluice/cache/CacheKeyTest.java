package dev.sluice.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.call.Call;
import dev.sluice.contract.Operation;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class CacheKeyTest {
  private static final Operation OPEN = Operations.operation("{ ttl: 5m }");
  private static final Operation OWN = Operations.operation("{ ttl: 5m, scope: user }");
  private static final String[] NASTY = {
    "a", "b", "=", "&", "?", "@", "\\", ",", "[", "]", " ", ", ", "a=", "&b=", "\\&", "\0", "é", ""
  };

  @Test
  void noTwoDifferentCallsShareAKey() {
    Random random = new Random(7);
    for (Operation operation : List.of(OPEN, OWN)) {
      Map<String, String> seen = new HashMap<>();
      for (int i = 0; i < 60_000; i++) {
        Call call = Operations.call(text(random), params(random));
        String what = (operation == OWN ? call.caller().subject() : "") + "|" + shape(call);
        String other = seen.putIfAbsent(CacheKey.of(operation, call), what);
        if (other != null) assertEquals(other, what);
      }
      assertTrue(seen.size() > 10_000, "the calls differ: " + seen.size());
    }
  }

  @Test
  void equalCallsShareAKeyInWhateverOrderTheirParametersCame() {
    Map<String, Object> one = new java.util.LinkedHashMap<>();
    one.put("b", "2");
    one.put("a", "1");
    assertEquals(
        CacheKey.of(OPEN, Operations.call(one)),
        CacheKey.of(OPEN, Operations.call(Map.of("a", "1", "b", "2"))));
  }

  @Test
  void oneItemWithACommaIsNotTwoItems() {
    assertNotEquals(
        CacheKey.of(OPEN, Operations.call(Map.of("list", List.of("a, b")))),
        CacheKey.of(OPEN, Operations.call(Map.of("list", List.of("a", "b")))));
  }

  @Test
  void callersShareEntriesOnlyWherePolicySaysSo() {
    Call ann = Operations.call("ann", Map.of("a", "1"));
    Call bob = Operations.call("bob", Map.of("a", "1"));
    assertEquals(CacheKey.of(OPEN, ann), CacheKey.of(OPEN, bob));
    assertNotEquals(CacheKey.of(OWN, ann), CacheKey.of(OWN, bob));
    assertNotEquals(CacheKey.of(OPEN, ann), CacheKey.of(OWN, ann));
  }

  @Test
  void anAnonymousCallerHasNoCacheOfTheirOwn() {
    assertFalse(CacheKey.applies(OWN, Operations.call(null, Map.of())));
    assertTrue(CacheKey.applies(OWN, Operations.call("ann", Map.of())));
    assertTrue(CacheKey.applies(OPEN, Operations.call(null, Map.of())));
  }

  @Test
  void aBypassedCallPassesTheCacheBy() {
    Operation operation = Operations.operation("{ ttl: 5m, bypass: [fresh] }");
    assertFalse(CacheKey.applies(operation, Operations.call(Map.of("fresh", true))));
    assertTrue(CacheKey.applies(operation, Operations.call(Map.of("fresh", false))));
    assertTrue(CacheKey.applies(operation, Operations.call(Map.of())));
    assertNull(Operations.operation("~").policy().cache());
    assertFalse(CacheKey.applies(Operations.operation("~"), Operations.call(Map.of())));
  }

  @Test
  void tagsAreFilledOnceAndLiterally() {
    Call call = Operations.call("ann", Map.of("a", "{b}$1\\", "b", "no"));
    assertEquals(
        List.of("clips", "a:{b}$1\\", "u:ann:"),
        CacheKey.tags(List.of("clips", "a:{a}", "u:{user}:{missing}"), call));
  }

  private static Map<String, Object> params(Random random) {
    Map<String, Object> params = new HashMap<>();
    if (random.nextBoolean()) params.put("a", text(random));
    if (random.nextBoolean()) params.put("b", text(random));
    if (random.nextInt(3) == 0) {
      List<Object> list = new ArrayList<>();
      for (int i = random.nextInt(3); i >= 0; i--) list.add(text(random));
      params.put("list", list);
    }
    return params;
  }

  private static String text(Random random) {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(4); i > 0; i--) text.append(NASTY[random.nextInt(NASTY.length)]);
    return text.toString();
  }

  /** The call told apart in a form that nothing inside it can imitate. */
  private static String shape(Call call) {
    return io.vertx.core.json.Json.encode(call.params().values());
  }
}
