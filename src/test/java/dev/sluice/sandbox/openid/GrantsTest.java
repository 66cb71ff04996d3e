package dev.sluice.sandbox.openid;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.sandbox.openid.Refusal.Reason;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;

class GrantsTest {

  private static final String BACK = "https://app.example.com/callback";

  private record Person(String email, String name) implements Account {}

  private static final class Hands extends Clock {
    private Instant now = Instant.parse("2026-01-02T09:00:00Z");

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }

    @Override
    public Instant instant() {
      return now;
    }
  }

  private final Hands clock = new Hands();
  private final Grants<Person> grants = new Grants<>(clock);
  private final Grant<Person> grant =
      grants.grant(new Person("ada@example.com", "Ada"), List.of("openid"), null, true);

  @Test
  void aCodeIsGoodForTenMinutes() {
    String inTime = code();
    String late = code();
    clock.now = clock.now.plus(Duration.ofMinutes(10).minusMillis(1));
    assertEquals(grant, redeem(inTime));
    clock.now = clock.now.plusMillis(1);
    assertEquals(Reason.LATE_CODE, refused(late));
  }

  @Test
  void aCodeThatComesTwiceEndsWhatItBrought() {
    String code = code();
    redeem(code);
    String access = grants.accessFor(grant, "a");
    String refresh = grants.refreshFor(grant, "r");
    assertEquals(grant, grants.refresh(refresh));
    assertEquals(Reason.USED_CODE, refused(code));
    assertTrue(grants.access(access).isEmpty());
    Refusal ended = assertThrows(Refusal.class, () -> grants.refresh(refresh));
    assertEquals(Reason.ENDED_REFRESH_TOKEN, ended.reason());
  }

  @Test
  void anAccessTokenEndsAndTheRefreshTokenDoesNot() {
    String access = grants.accessFor(grant, "a");
    String refresh = grants.refreshFor(grant, "r");
    clock.now = clock.now.plus(Grants.TOKEN_LIFE).minusMillis(1);
    assertEquals(grant, grants.access(access).orElseThrow());
    clock.now = clock.now.plusMillis(1);
    assertTrue(grants.access(access).isEmpty());
    assertEquals(grant, grants.refresh(refresh));
  }

  @Test
  void eitherTokenRevokesTheWholeGrant() {
    String access = grants.accessFor(grant, "a");
    String refresh = grants.refreshFor(grant, "r");
    assertTrue(grants.revoke(access));
    assertFalse(grants.revoke(access));
    assertFalse(grants.revoke(refresh));
    assertFalse(grants.isOffline(grant.account()));
  }

  private String code() {
    return grants.codeFor(grant, "c", BACK, SignIn.CHALLENGE);
  }

  private Grant<Person> redeem(String code) {
    return grants.redeem(code, BACK, SignIn.VERIFIER);
  }

  private Reason refused(String code) {
    return assertThrows(Refusal.class, () -> redeem(code)).reason();
  }
}
