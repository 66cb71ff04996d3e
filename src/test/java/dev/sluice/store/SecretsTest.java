package dev.sluice.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SecretsTest {
  private static final byte[] SECRET = bytes("a refresh token");

  @TempDir Path dir;

  @Test
  void whatIsSealedIsOpenedForWhatItIsBoundToAlone() {
    Secrets secrets = Secrets.of(Keyset.fresh().text());
    byte[] sealed = secrets.seal(SECRET, "user 1");
    assertArrayEquals(SECRET, secrets.open(sealed, "user 1"));
    assertFalse(Arrays.equals(sealed, secrets.seal(SECRET, "user 1")), "no two are alike");
    assertThrows(NotSealedHere.class, () -> secrets.open(sealed, "user 2"));
    assertThrows(
        NotSealedHere.class, () -> Secrets.of(Keyset.fresh().text()).open(sealed, "user 1"));
    for (int i = 0; i < sealed.length; i++) {
      byte[] damaged = sealed.clone();
      damaged[i] ^= 1;
      assertThrows(NotSealedHere.class, () -> secrets.open(damaged, "user 1"));
      byte[] cut = Arrays.copyOf(sealed, i);
      assertThrows(NotSealedHere.class, () -> secrets.open(cut, "user 1"));
    }
  }

  @Test
  void afterARotationOldOnesAreStillOpened() {
    Secrets before = Secrets.of(Keyset.fresh().text());
    byte[] old = before.seal(SECRET, "x");
    Secrets after = Secrets.of(before.keys().added().promoted().text());
    assertArrayEquals(SECRET, after.open(old, "x"));
    byte[] recent = after.seal(SECRET, "x");
    assertThrows(NotSealedHere.class, () -> before.open(recent, "x"), "a new key seals");
    assertArrayEquals(before.mac("p", SECRET), after.mac("p", SECRET));
    Secrets third = Secrets.of(after.keys().added().promoted().text());
    assertArrayEquals(SECRET, third.open(old, "x"));
    assertArrayEquals(SECRET, third.open(recent, "x"));
  }

  @Test
  void macsOfOnePurposeAreNeverAnothers() {
    Secrets secrets = Secrets.of(Keyset.fresh().text());
    assertEquals(32, secrets.mac("code", SECRET).length);
    assertArrayEquals(secrets.mac("code", SECRET), secrets.mac("code", SECRET));
    Set<String> all =
        Stream.of(
                secrets.mac("ab", bytes("c")),
                secrets.mac("a", bytes("bc")),
                secrets.mac("", bytes("abc")),
                secrets.mac("abc", bytes("")),
                secrets.mac("ab\0", bytes("c")),
                secrets.mac("ab", bytes("\0c")),
                Secrets.of(Keyset.fresh().text()).mac("ab", bytes("c")))
            .map(Arrays::toString)
            .collect(Collectors.toSet());
    assertEquals(7, all.size());
  }

  @Test
  void theFileIsMadeOnceAndForItsOwnerAlone() throws IOException {
    Path file = dir.resolve("keyset.json");
    byte[] sealed = Secrets.open(file).seal(SECRET, "x");
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
    assertArrayEquals(SECRET, Secrets.open(file).open(sealed, "x"));
    assertArrayEquals(SECRET, Secrets.of(Files.readString(file)).open(sealed, "x"));
    assertEquals(List.of(file), files());
  }

  @Test
  void ofThoseWhoMakeItTogetherOneWins() throws Exception {
    Path file = dir.resolve("keyset.json");
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      Callable<String> made = () -> Arrays.toString(Secrets.open(file).mac("p", SECRET));
      Set<String> all = new HashSet<>();
      for (Future<String> one : threads.invokeAll(Collections.nCopies(16, made))) {
        all.add(one.get());
      }
      assertEquals(1, all.size());
      assertEquals(List.of(file), files());
    } finally {
      threads.shutdown();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"rw-r-----", "rw----r--", "rw--w----", "rw------x"})
  void aFileThatOthersCanUseIsRefused(String rights) throws IOException {
    Path file = dir.resolve("keyset.json");
    Secrets.open(file);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(rights));
    String message = assertThrows(StoreException.class, () -> Secrets.open(file)).getMessage();
    assertTrue(message.endsWith("chmod 600 " + file), message);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{}", "no json", "[]", "{\"aead\":{},\"prf\":{}}"})
  void aDamagedOneIsNamedAndNotQuoted(String text) throws IOException {
    Path file = dir.resolve("keyset.json");
    Secrets.open(file);
    Files.writeString(file, text);
    String message = assertThrows(StoreException.class, () -> Secrets.open(file)).getMessage();
    assertTrue(message.contains(file.toString()) && message.contains("Restore"), message);
    assertThrows(IllegalArgumentException.class, () -> Secrets.of(text));
  }

  @Test
  void theSettingIsCheckedAndNotQuoted() {
    StoreSettings usual = StoreSettings.defaults();
    String whole = Keyset.fresh().text();
    StoreSettings good = with(usual, whole);
    assertEquals(whole, good.keyset());
    String half = whole.substring(20);
    String message =
        assertThrows(IllegalArgumentException.class, () -> with(usual, half)).getMessage();
    assertTrue(message.startsWith("keyset: ") && !message.contains("keyData"), message);
  }

  private static StoreSettings with(StoreSettings usual, String keyset) {
    return new StoreSettings(
        usual.postgres(),
        usual.redis(),
        usual.poolSize(),
        usual.queryTimeout(),
        usual.redisTimeout(),
        keyset);
  }

  @Test
  void halfAKeysetIsDamaged() throws IOException {
    String whole = Keyset.fresh().text();
    assertThrows(IllegalArgumentException.class, () -> Secrets.of(whole + whole));
    assertThrows(
        IllegalArgumentException.class, () -> Secrets.of(whole.substring(0, whole.length() / 2)));
    assertNotEquals(whole, Keyset.fresh().text());
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> all = Files.list(dir)) {
      return all.toList();
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
