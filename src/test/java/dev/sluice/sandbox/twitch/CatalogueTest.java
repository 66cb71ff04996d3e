package dev.sluice.sandbox.twitch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.json.Json;
import java.time.Instant;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class CatalogueTest {

  private final Catalogue catalogue = CatalogueSeed.grow();

  @Test
  void isLargeEnoughToPageThrough() {
    assertTrue(catalogue.users().size() >= 220);
    assertTrue(catalogue.games().size() >= 60);
    assertTrue(catalogue.clipCount() >= 5_200, "" + catalogue.clipCount());
    assertTrue(catalogue.broadcastersWithClips() >= 150);
    String ninja = catalogue.userByLogin("NINJA").orElseThrow().id();
    assertTrue(catalogue.clipsOfBroadcaster(ninja).size() > 120);
    assertTrue(catalogue.followsOf(ninja).size() > 100);
    assertTrue(catalogue.clipsOfGame("509658").size() > 1_000);
    assertTrue(catalogue.hasGame("33214"));
  }

  @Test
  void isTheSameAtEveryStart() {
    Catalogue again = CatalogueSeed.grow();
    assertEquals(Json.encode(catalogue.users()), Json.encode(again.users()));
    assertEquals(Json.encode(catalogue.games()), Json.encode(again.games()));
    for (User user : catalogue.users()) {
      assertEquals(catalogue.clipsOfBroadcaster(user.id()), again.clipsOfBroadcaster(user.id()));
      assertEquals(catalogue.followsOf(user.id()), again.followsOf(user.id()));
    }
  }

  /** Other tests and recordings rely on these, so a changed seed must not pass unseen. */
  @Test
  void staysWhatItWas() {
    Clip first = catalogue.clipsOfBroadcaster("19571641").get(0);
    assertEquals("RapidJollyUmbraSwiftRage-Hnn8PdRVFP6zW0wo", first.id());
    assertEquals(Instant.parse("2025-07-07T23:22:32Z"), first.createdAt());
  }

  @Test
  void liesInTwoFixedYears() {
    Instant from = Instant.parse("2025-01-01T00:00:00Z");
    Instant to = Instant.parse("2027-01-01T00:00:00Z");
    Stream<Instant> clips =
        catalogue.users().stream()
            .flatMap(user -> catalogue.clipsOfBroadcaster(user.id()).stream())
            .map(Clip::createdAt);
    Stream<Instant> users = catalogue.users().stream().map(User::createdAt);
    assertTrue(Stream.concat(clips, users).allMatch(at -> !at.isBefore(from) && at.isBefore(to)));
  }
}
