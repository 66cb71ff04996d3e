package dev.sluice.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeysetTest {
  private static final byte[] SECRET = "a password".getBytes(StandardCharsets.UTF_8);

  @TempDir Path dir;

  private static Secrets by(Keyset keys) {
    return Secrets.of(keys.text());
  }

  private static int keyOf(byte[] sealed) {
    return ByteBuffer.wrap(sealed, 1, Integer.BYTES).getInt();
  }

  /** Of nodes that are a step of a rollout apart, each reads what the other writes. */
  @Test
  void nodesThatAreAStepApartReadEachOther() {
    Keyset one = Keyset.fresh();
    Keyset two = one.added();
    List<Keyset> steps = List.of(one, two, two.promoted(), two.promoted().dropped());
    for (int i = 0; i + 1 < steps.size(); i++) {
      Secrets behind = by(steps.get(i));
      Secrets ahead = by(steps.get(i + 1));
      assertArrayEquals(SECRET, ahead.open(behind.seal(SECRET, "x"), "x"), "step " + i);
      assertArrayEquals(SECRET, behind.open(ahead.seal(SECRET, "x"), "x"), "step " + i);
      assertArrayEquals(behind.mac("p", SECRET), ahead.mac("p", SECRET));
    }
    byte[] first = by(one).seal(SECRET, "x");
    assertArrayEquals(SECRET, by(steps.get(2)).open(first, "x"));
    assertThrows(NotSealedHere.class, () -> by(steps.get(3)).open(first, "x"));
  }

  @Test
  void theNumberOfAKeyStandsInWhatItSeals() {
    Keyset keys = Keyset.fresh().added().promoted();
    assertEquals(keys.sealing().id(), keyOf(by(keys).seal(SECRET, "x")));
    assertEquals(keys.sealing().id(), keys.keys().get(1).id(), "the newest");
    assertEquals(List.of(keys.keys().get(0)), keys.older());
    Keyset.Key old = keys.older().get(0);
    assertEquals(old, Keyset.Key.named(old.name()));
    assertEquals(List.of(), keys.dropped().older());
    assertEquals(List.of(), Keyset.fresh().added().older(), "one that is newer is not older");
  }

  @Test
  void anotherTakesItsPlaceOnlyIfNothingIsLost() {
    Keyset first = Keyset.fresh();
    Secrets secrets = by(first);
    byte[] sealed = secrets.seal(SECRET, "x");
    assertThrows(StoreException.class, () -> secrets.use(Keyset.fresh()));
    Keyset second = first.added().promoted();
    assertThrows(StoreException.class, () -> secrets.use(second.dropped()), "in one step");
    secrets.use(second);
    assertEquals(second.sealing().id(), keyOf(secrets.seal(SECRET, "x")));
    assertArrayEquals(SECRET, secrets.open(sealed, "x"));
    secrets.use(second.dropped());
    assertThrows(NotSealedHere.class, () -> secrets.open(sealed, "x"));
  }

  @Test
  void aFileIsReplacedAsAWholeAndStaysItsOwners() throws Exception {
    Path file = dir.resolve("keyset.json");
    Path link = Files.createSymbolicLink(dir.resolve("link"), file);
    Keyset first = new KeysetFile(file).readOrMake();
    new KeysetFile(link).replace(first.added());
    assertTrue(Files.isSymbolicLink(link), "what it leads to is replaced");
    assertEquals(2, new KeysetFile(file).read().keys().size());
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
    try (Stream<Path> all = Files.list(dir)) {
      assertEquals(2, all.count(), "no draft is left");
    }
  }

  @Test
  void oneThatIsGoneIsNotMadeAnew() {
    Path file = dir.resolve("keyset.json");
    assertThrows(StoreException.class, () -> new KeysetFile(file).read());
    assertFalse(Files.exists(file));
  }
}
