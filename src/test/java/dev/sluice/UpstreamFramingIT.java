package dev.sluice;

import static dev.sluice.harness.RunningGateway.error;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.harness.RawUpstream;
import dev.sluice.harness.RunningGateway;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.client.HttpResponse;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Bytes that no well-behaved upstream sends. */
class UpstreamFramingIT {
  private static final String OK = "HTTP/1.1 200 OK\r\n";
  private static final String FINE = OK + "Content-Length: 4\r\n\r\nfine";
  private static final RawUpstream upstream = new RawUpstream();
  private static RunningGateway gateway;

  @BeforeAll
  static void start() {
    gateway =
        new RunningGateway(
            Map.of(),
            """
            upstreams:
              raw: { url: "http://127.0.0.1:%d", connections: 1 }
            routes:
              - { path: "/o/**", upstream: raw, stripPrefix: /o }
            """
                .formatted(upstream.port()));
  }

  @AfterAll
  static void stop() {
    gateway.close();
    upstream.close();
  }

  @BeforeEach
  void withoutAKeptConnection() {
    upstream.answers(OK + "Connection: close\r\nContent-Length: 0\r\n\r\n");
    gateway.get("/o/x");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "hello\r\n\r\n",
        "<html>0.9</html>",
        "HTTP/2.0 200 OK\r\n\r\n",
        "HTTP/1.1 099 No\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\n",
        OK + "Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
        OK + "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        OK + "Content-Length: +3\r\n\r\nabc",
        OK + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
        OK + "Transfer-Encoding: chunked\r\n\r\nzz\r\n",
        OK + "X: a\r\n b\r\nContent-Length: 0\r\n\r\n",
        OK + "X : a\r\nContent-Length: 0\r\n\r\n",
        OK + "X: a\0b\r\nContent-Length: 0\r\n\r\n",
        OK + "Content-Length: 0\n\n",
      })
  void whatIsNotFramedBeyondDoubtIsA502(String answer) {
    upstream.answersAndCloses(answer);
    assertRefused(gateway.get("/o/x"));
    upstream.answers(FINE);
    assertEquals("fine", gateway.get("/o/x").bodyAsString(), "and the next is served anew");
  }

  @Test
  void whatComesBehindAnAnswerIsNobodys() {
    upstream.answers(FINE + OK + "Content-Length: 4\r\n\r\nevil");
    for (int i = 0; i < 3; i++) assertEquals("fine", gateway.get("/o/x").bodyAsString());
    assertEquals(3, upstream.connections().size(), "such a connection is not used again");
  }

  @Test
  void aRefusedConnectionIsClosedFromHere() {
    upstream.answers(OK + "Content-Length: +3\r\n\r\nabc");
    assertRefused(gateway.get("/o/x"));
    assertEquals(1, upstream.connections().size(), "what was answered badly is not asked again");
    gateway.until("closed", () -> upstream.connections().get(0).isEnded());
  }

  @Test
  void aHeadThatNeverEndsIsRefused() {
    upstream.answers(OK + "X: " + "a".repeat(40_000));
    assertRefused(gateway.get("/o/x"));
  }

  @Test
  void aBodyThatGoesWrongLaterIsBrokenOff() {
    String chunk = "8000\r\n" + "a".repeat(0x8000) + "\r\n";
    String head = OK + "Transfer-Encoding: chunked\r\n\r\n";
    upstream.answersAndCloses(head + chunk.repeat(40) + "zz\r\n");
    Future<HttpResponse<Buffer>> answer = gateway.sendAsync(HttpMethod.GET, "/o/x", null);
    gateway.until("an end", answer::isComplete);
    assertTrue(answer.failed() || answer.result().statusCode() == 502);
  }

  @Test
  void bytesOnAKeptConnectionAreNobodysAnswer() {
    upstream.answers(FINE);
    for (int i = 0; i < 5; i++) {
      withoutAKeptConnection();
      upstream.answers(FINE, OK + "Content-Length: 6\r\n\r\npoison");
      HttpResponse<Buffer> answer = gateway.get("/o/x");
      if (answer.statusCode() == 200) assertEquals("fine", answer.bodyAsString());
      else assertRefused(answer);
      RawUpstream.Connection poisoned = upstream.connections().get(0);
      gateway.until("closed", poisoned::isEnded);
    }
  }

  @Test
  void aBodyWhereThereIsNoneIsDropped() {
    upstream.answers(OK + "Content-Length: 5\r\n\r\nhello");
    for (int i = 0; i < 3; i++) {
      HttpResponse<Buffer> head = gateway.send(HttpMethod.HEAD, "/o/x", null);
      assertEquals(200, head.statusCode());
      assertEquals("5", head.getHeader("Content-Length"));
      assertNull(head.body());
    }
    for (int status : new int[] {204, 304}) {
      upstream.answers("HTTP/1.1 " + status + " x\r\nContent-Length: 5\r\n\r\nhello");
      HttpResponse<Buffer> answer = gateway.get("/o/x");
      assertEquals(status, answer.statusCode());
      assertNull(answer.body());
      if (status == 204) assertNull(answer.getHeader("Content-Length"), "RFC 9110 §8.6");
      gateway.until("closed", () -> upstream.connections().get(0).isEnded());
    }
    upstream.answers(FINE);
    assertEquals("fine", gateway.get("/o/x").bodyAsString());
  }

  @Test
  void interimAnswersDoNotDisturbTheFinalOne() {
    for (HttpMethod method : new HttpMethod[] {HttpMethod.GET, HttpMethod.HEAD}) {
      upstream.answers(
          "HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + OK,
          "Content-Length: 4\r\n\r\n" + (method == HttpMethod.GET ? "fine" : ""));
      for (int i = 0; i < 3; i++) {
        HttpResponse<Buffer> answer = gateway.send(method, "/o/x", null);
        assertEquals(200, answer.statusCode());
        assertEquals("4", answer.getHeader("Content-Length"));
      }
      assertTrue(upstream.connections().size() <= 1, "the connection is kept");
    }
  }

  @Test
  void aBodyThatEndsWithItsConnectionIsWhole() {
    for (String version : new String[] {"HTTP/1.0", "HTTP/1.1"}) {
      upstream.answersAndCloses(version + " 200 OK\r\n\r\n", "to the ", "end");
      assertEquals("to the end", gateway.get("/o/x").bodyAsString());
    }
  }

  @Test
  void aConnectionThatTheUpstreamGivesUpIsNotKept() {
    upstream.answers(OK + "Connection: x, close\r\nContent-Length: 4\r\n\r\nfine");
    for (int i = 0; i < 3; i++) assertEquals("fine", gateway.get("/o/x").bodyAsString());
    assertEquals(3, upstream.connections().size());
  }

  private static void assertRefused(HttpResponse<Buffer> answer) {
    assertEquals(502, answer.statusCode(), answer.bodyAsString());
    assertEquals("PROVIDER_ERROR", error(answer).getString("code"));
    assertNull(answer.getHeader("X"));
    assertFalse(answer.bodyAsString().contains("hello"));
  }
}
