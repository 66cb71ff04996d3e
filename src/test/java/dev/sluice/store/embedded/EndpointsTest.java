package dev.sluice.store.embedded;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EndpointsTest {
  @TempDir Path temp;

  @Test
  void areChosenOnceAndKept() throws IOException {
    Endpoint chosen = new Endpoints(temp).of("redis");
    assertEquals(chosen, new Endpoints(temp).of("redis"));
    assertNotEquals(chosen.password(), new Endpoints(temp).of("postgres").password());
  }

  @Test
  void moveWhenSomebodyElseHasThePortButKeepThePassword() throws IOException {
    Endpoint before = new Endpoints(temp).of("redis");
    try (ServerSocket other =
        new ServerSocket(before.port(), 1, InetAddress.getByName("127.0.0.1"))) {
      Endpoint after = new Endpoints(temp).of("redis");
      assertNotEquals(other.getLocalPort(), after.port());
      assertEquals(before.password(), after.password());
    }
  }

  @Test
  void areForTheOwnersEyesOnly() throws IOException {
    Endpoint chosen = new Endpoints(temp).of("redis");
    assertEquals(
        "rw-------",
        PosixFilePermissions.toString(
            Files.getPosixFilePermissions(temp.resolve("servers.properties"))));
    assertFalse(chosen.toString().contains(chosen.password()));
  }

  @Test
  void nameADamagedFile() throws IOException {
    Files.writeString(temp.resolve("servers.properties"), "a=\\u00zz");
    IOException damaged = assertThrows(IOException.class, () -> new Endpoints(temp).of("redis"));
    assertEquals(true, damaged.getMessage().contains("servers.properties"));
  }
}
