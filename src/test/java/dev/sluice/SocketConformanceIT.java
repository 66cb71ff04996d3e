package dev.sluice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.harness.RunningGateway;
import dev.sluice.harness.SocketCase;
import dev.sluice.harness.Wire;
import dev.sluice.harness.Wire.Frame;
import dev.sluice.identity.Person;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** RFC 6455 over the wire, case by case: at a socket that ends here, and at one passed on to it. */
class SocketConformanceIT {
  private static RunningGateway gateway;
  private static RunningGateway front;
  private static Person ada;

  @BeforeAll
  static void start() {
    gateway =
        new RunningGateway(
            Map.of("SLUICE_APPS", "identity,traffic,realtime"),
            "sockets: { messages: 1000, closing: 10s }");
    front =
        new RunningGateway(
            Map.of("SLUICE_APPS", "identity,traffic"),
            """
            upstreams: { next: { url: "http://127.0.0.1:%d" } }
            routes: [{ path: "/next/**", upstream: next, stripPrefix: /next, limit: none }]
            """
                .formatted(gateway.port()));
    ada = Person.signedIn(gateway, "ada@example.com");
  }

  @AfterAll
  static void stop() {
    front.close();
    gateway.close();
  }

  static List<SocketCase> cases() {
    return SocketCase.all();
  }

  @Test
  void thereAreAsManyAsAutobahnHas() {
    assertEquals(247, cases().stream().map(SocketCase::number).distinct().count());
  }

  @ParameterizedTest
  @MethodSource("cases")
  void endedHere(SocketCase one) throws IOException {
    holds(one, new Wire(gateway.port()), "/ws/echo");
  }

  @ParameterizedTest
  @MethodSource("cases")
  void passedOn(SocketCase one) throws IOException {
    holds(one, new Wire(front.port()), "/next/ws/echo");
  }

  /** To a client that is slow to read, and has said already that it goes. */
  @Test
  void whatWaitsIsSentBeforeTheEnd() throws IOException {
    Socket slow = new Socket();
    slow.setReceiveBufferSize(4096);
    slow.connect(new InetSocketAddress("127.0.0.1", gateway.port()));
    byte[] large = new byte[256 << 10];
    try (Wire wire = new Wire(slow).ask("/ws/echo?token=" + ada.accessToken, "")) {
      wire.head();
      for (int first : new int[] {0x02, 0x00, 0x00, 0x80}) wire.send(Wire.frame(first, large));
      wire.send(Wire.frame(0x88, new byte[] {3, (byte) 0xE8}));
      assertEquals(1 << 20, wire.frame().payload().length);
      assertEquals(1000, wire.frame().code());
      assertTrue(wire.ended());
    }
  }

  private static void holds(SocketCase one, Wire wire, String path) throws IOException {
    try (wire) {
      wire.ask(path + "?token=" + ada.accessToken, "");
      String head = wire.head();
      assertTrue(head.startsWith("HTTP/1.1 101"), head);
      for (byte[] packet : one.sent()) wire.send(packet);
      List<String> heard = new ArrayList<>();
      while (heard.size() < one.heard().size()) heard.add(said(wire.frame()));
      assertEquals(one.heard(), heard);
      if (one.ours()) wire.send(Wire.frame(0x88, new byte[] {3, (byte) 0xE8}));
      int code = wire.frame().code();
      assertTrue(one.codes().contains(code), () -> "closed with " + code);
      assertTrue(wire.ended());
    }
  }

  private static String said(Frame frame) {
    String kind =
        switch (frame.first()) {
          case 0x81 -> "text ";
          case 0x82 -> "binary ";
          case 0x8A -> "pong ";
          default -> frame.first() + " ";
        };
    return kind + new String(frame.payload(), StandardCharsets.ISO_8859_1);
  }
}
