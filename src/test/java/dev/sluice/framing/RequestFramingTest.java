package dev.sluice.framing;

import static dev.sluice.framing.Wire.bytes;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Vectors are written as {@link Wire} reads them. */
class RequestFramingTest {
  private static final String GET = "GET / HTTP/1.1\\r\\nHost: x\\r\\n";
  private static final String POST = "POST / HTTP/1.1\\r\\nHost: x\\r\\n";
  private static final String CHUNKED = POST + "Transfer-Encoding: chunked\\r\\n\\r\\n";

  @ParameterizedTest
  @ValueSource(
      strings = {
        GET + "\\r\\n",
        "\\r\\n" + GET + "\\r\\n",
        GET + "\\r\\n" + GET + "\\r\\n",
        "GET / HTTP/1.0\\r\\n\\r\\n",
        "GET /a?b=c&d=%20|{} HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n",
        "GET http://x:80/a HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n",
        "OPTIONS * HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n",
        "GET / HTTP/1.1\\r\\nHost: [::1]:8080\\r\\n\\r\\n",
        "GET / HTTP/1.1\\r\\nhost:x\\t\\r\\n\\r\\n",
        GET + "X: \\xe4\\xf6\\xfc\\r\\n\\r\\n",
        GET + "X:\\r\\n\\r\\n",
        GET + "Content-Length: 0\\r\\n\\r\\n",
        POST + "Content-Length: 3\\r\\n\\r\\n\\r\\n\\0",
        POST + "Content-Length: 3\\r\\n\\r\\nabc" + GET + "\\r\\n",
        POST + "Transfer-Encoding: Chunked\\r\\n\\r\\n0\\r\\n\\r\\n",
        CHUNKED + "3\\r\\nabc\\r\\n0\\r\\n\\r\\n" + GET + "\\r\\n",
        CHUNKED + "00A\\r\\n0123456789\\r\\n0\\r\\n\\r\\n",
        CHUNKED + "000000000000000000003\\r\\nabc\\r\\n0\\r\\n\\r\\n",
        CHUNKED + "3;a=b\\r\\nabc\\r\\n0 ; x\\r\\nTrailer: y\\r\\n\\r\\n",
      })
  void whatIsFramedWellIsPassedOnHoweverItIsCut(String text) throws BadFraming {
    byte[] bytes = bytes(text);
    for (int size = 1; size <= bytes.length; size++)
      assertEquals(bytes.length, passed(bytes, size));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "hello\\r\\n\\r\\n",
        "GET /\\r\\n\\r\\n",
        "GET  / HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n",
        "GET / HTTP/1.1 \\r\\nHost: x\\r\\n\\r\\n",
        " GET / HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n",
        "GET\\t/ HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n",
        "GET / http/1.1\\r\\nHost: x\\r\\n\\r\\n",
        "GET / HTTP/1.1x\\r\\nHost: x\\r\\n\\r\\n",
        "GET / HTTP/11\\r\\nHost: x\\r\\n\\r\\n",
        "G(T / HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n",
        "GET x HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n",
        "GET * HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n",
        "GET /\\0 HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n",
        "GET /\\xc3\\xa4 HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n",
        "GET /a#b HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n",
        "GET http:///a HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n",
        "GET http://u@x/a HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n",
        "GET ftp://x/a HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n",
        "GET / HTTP/1.1\\nHost: x\\n\\n",
        "GET / HTTP/1.1\\r\\nHost: x\\n\\r\\n",
        "GET / HTTP/1.1\\rHost: x\\r\\n\\r\\n",
        "GET / HTTP/1.1\\rHost: x\\r\\r",
        "\\x16\\x03\\x01",
        "GET / HTTP/1.1\\r\\n\\r\\n",
        "GET / HTTP/1.1\\r\\nHost: x\\r\\nHost: x\\r\\n\\r\\n",
        "GET / HTTP/1.0\\r\\nHost: x\\r\\nHost: y\\r\\n\\r\\n",
        "GET / HTTP/1.1\\r\\nHost:\\r\\n\\r\\n",
        "GET / HTTP/1.1\\r\\nHost: x/y\\r\\n\\r\\n",
        "GET / HTTP/1.1\\r\\nHost: x y\\r\\n\\r\\n",
        "GET / HTTP/1.1\\r\\nHost: x,y\\xe4\\r\\n\\r\\n",
        "GET / HTTP/1.1\\r\\nHost: x:port\\r\\n\\r\\n",
        "GET / HTTP/1.1\\r\\nHost: x:65536\\r\\n\\r\\n",
        "GET / HTTP/1.1\\r\\nHost: x,y\\r\\n\\r\\n",
        "GET / HTTP/1.1\\r\\nHost: u@x\\r\\n\\r\\n",
        "GET / HTTP/1.1\\r\\nHost: x%zz\\r\\n\\r\\n",
        "GET / HTTP/1.1\\r\\nHost: x%2\\r\\n\\r\\n",
        "GET / HTTP/1.1\\r\\nHost: []\\r\\n\\r\\n",
        "GET / HTTP/1.1\\r\\nHost: :80\\r\\n\\r\\n",
        "GET http://x,y/a HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n",
        "GET / HTTP/1.1\\r\\nHost: x:123456\\r\\n\\r\\n",
        "GET / HTTP/1.1\\r\\nHost: [::1\\r\\n\\r\\n",
        "GET / HTTP/1.1\\r\\nHost: [::1]x\\r\\n\\r\\n",
        "GET / HTTP/1.1\\r\\n Host: x\\r\\n\\r\\n",
        GET + "X : y\\r\\n\\r\\n",
        GET + "X\\r\\n\\r\\n",
        GET + ": y\\r\\n\\r\\n",
        GET + "X Y: z\\r\\n\\r\\n",
        GET + "X\\xe4: z\\r\\n\\r\\n",
        GET + "X: a\\r\\n b\\r\\n\\r\\n",
        GET + "X: a\\r\\n\\tb\\r\\n\\r\\n",
        GET + "X: a\\0b\\r\\n\\r\\n",
        GET + "X: a\\rb\\r\\n\\r\\n",
        GET + "X: a\\x7f\\r\\n\\r\\n",
        POST + "Content-Length: 3\\r\\nContent-Length: 3\\r\\n\\r\\nabc",
        POST + "Content-Length: 3\\r\\nContent-Length: 4\\r\\n\\r\\nabc",
        POST + "Content-Length: 3, 3\\r\\n\\r\\nabc",
        POST + "Content-Length: +3\\r\\n\\r\\nabc",
        POST + "Content-Length: -1\\r\\n\\r\\n",
        POST + "Content-Length: 0x3\\r\\n\\r\\nabc",
        POST + "Content-Length: 3 3\\r\\n\\r\\nabc",
        POST + "Content-Length:\\r\\n\\r\\n",
        POST + "Content-Length: 99999999999999999999\\r\\n\\r\\n",
        POST + "Content-Length: 3\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n0\\r\\n\\r\\n",
        POST + "Transfer-Encoding: chunked\\r\\nContent-Length: 3\\r\\n\\r\\n0\\r\\n\\r\\n",
        POST + "Transfer-Encoding: chunked\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n",
        POST + "Transfer-Encoding : chunked\\r\\n\\r\\n0\\r\\n\\r\\n",
        POST + "Transfer-Encoding:\\x0bchunked\\r\\n\\r\\n0\\r\\n\\r\\n",
        "POST / HTTP/1.0\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n0\\r\\n\\r\\n",
        CHUNKED + "\\r\\n",
        CHUNKED + "g\\r\\n",
        CHUNKED + "0x3\\r\\nabc\\r\\n",
        CHUNKED + "-3\\r\\nabc\\r\\n",
        CHUNKED + " 3\\r\\nabc\\r\\n",
        CHUNKED + "3 \\r\\nabc\\r\\n",
        CHUNKED + "3\\nabc\\r\\n",
        CHUNKED + "3\\r\\nabcd\\r\\n",
        CHUNKED + "3\\r\\nabc\\n0\\r\\n\\r\\n",
        CHUNKED + "3;a\\rb\\r\\nabc\\r\\n",
        CHUNKED + "3;a\\nb\\r\\nabc\\r\\n",
        CHUNKED + "100000003\\r\\nabc\\r\\n0\\r\\n\\r\\n",
        CHUNKED + "80000000\\r\\nabc\\r\\n",
        CHUNKED + "10000000000000003\\r\\nabc\\r\\n",
        CHUNKED + "0\\r\\nX : y\\r\\n\\r\\n",
        CHUNKED + "0\\r\\nContent-Length: 5\\r\\n\\r\\n",
        CHUNKED + "0\\r\\n\\n",
      })
  void whatIsNotIsRefusedHoweverItIsCut(String text) {
    byte[] bytes = bytes(text);
    for (int size = 1; size <= bytes.length; size++) {
      int cut = size;
      assertThrows(BadFraming.class, () -> passed(bytes, cut), () -> text + " by " + cut);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "GET / HTTP/2.0\\r\\nHost: x\\r\\n\\r\\n, 505",
    "CONNECT x:443 HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n, 501",
    "POST / HTTP/1.1\\r\\nHost: x\\r\\nTransfer-Encoding: gzip\\r\\n\\r\\n, 501",
  })
  void whatIsNotServedHasAStatusOfItsOwn(String text, int status) {
    BadFraming bad = assertThrows(BadFraming.class, () -> passed(bytes(text), 1000));
    assertEquals(status, bad.status());
  }

  @Test
  void whatCameBeforeTheFirstDoubtIsSound() {
    byte[] bytes = bytes(GET + "\\r\\nnonsense\\r\\n\\r\\n");
    RequestFraming framing = new RequestFraming(1000);
    assertThrows(BadFraming.class, () -> framing.check(Unpooled.wrappedBuffer(bytes)));
    assertEquals(bytes(GET + "\\r\\n").length, framing.sound());
  }

  @Test
  void aHeadWithoutEndIsRefused() {
    assertEquals(414, refusal(bytes("GET /" + "a".repeat(2000))).status());
    assertEquals(431, refusal(bytes("GET / HTTP/1.1\\r\\nX: " + "a".repeat(2000))).status());
  }

  @Test
  void theUpgradeWithinAConnectionIsBlankedOut() throws BadFraming {
    ByteBuf in =
        Unpooled.wrappedBuffer(
            bytes(GET + "Connection: Upgrade\\r\\nUpgrade: websocket, h2c\\r\\n\\r\\n"));
    new RequestFraming(1000).check(in);
    String seen = in.toString(StandardCharsets.ISO_8859_1);
    assertTrue(seen.contains("Upgrade: websocket, ---\r\n"), seen);
  }

  @Test
  void aLaterVersionIsReadAsTheOneThatIsKnown() throws BadFraming {
    ByteBuf in = Unpooled.wrappedBuffer(bytes("GET / HTTP/1.9\\r\\nHost: x\\r\\n\\r\\n"));
    new RequestFraming(1000).check(in);
    assertTrue(in.toString(StandardCharsets.ISO_8859_1).startsWith("GET / HTTP/1.1\r\n"));
  }

  /** Where the line goes that the codec understands: everything before it stays as it was. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Connection: Close, x\\r\\n|true",
        "Connection: keep-alive,close\\r\\nX: y\\r\\n|true",
        "Connection: x\\r\\nConnection: y , CLOSE ,z\\r\\n|true",
        "Connection: close\\r\\n|false",
        "Connection: x, close\\r\\nConnection: close\\r\\n|false",
        "Connection: closed, x\\r\\n|false",
        "Connection: keep-alive\\r\\n|false",
        "Connected-: x, close\\r\\n|false"
      })
  void closeAmongOthersIsSaidAgainAlone(String lines, boolean again) throws BadFraming {
    byte[] bytes = bytes(GET + lines + "\\r\\n" + GET + "\\r\\n");
    int fields = bytes(GET + lines).length;
    for (int size = 1; size <= bytes.length; size++) {
      RequestFraming framing = new RequestFraming(1000);
      assertEquals(again ? List.of(fields) : List.of(), closesDue(framing, bytes, size));
      assertEquals(bytes.length, framing.sound());
    }
  }

  /** Behind how many bytes it is to be said, when they come in pieces of a size. */
  private static List<Integer> closesDue(RequestFraming framing, byte[] bytes, int size)
      throws BadFraming {
    List<Integer> due = new ArrayList<>();
    ByteBuf in = Unpooled.buffer();
    for (int at = 0; at < bytes.length; at += size) {
      in.writeBytes(bytes, at, Math.min(size, bytes.length - at));
      do {
        framing.check(in);
        in.readerIndex(framing.sound());
        if (framing.isCloseDue()) due.add(framing.sound());
      } while (framing.isCloseDue());
    }
    return due;
  }

  private static BadFraming refusal(byte[] bytes) {
    return assertThrows(BadFraming.class, () -> passed(bytes, bytes.length));
  }

  /** How many bytes are passed on when they come in pieces of a size. */
  private static int passed(byte[] bytes, int size) throws BadFraming {
    RequestFraming framing = new RequestFraming(1000);
    ByteBuf kept = Unpooled.buffer();
    int passed = 0;
    for (int at = 0; at < bytes.length; at += size) {
      kept.writeBytes(bytes, at, Math.min(size, bytes.length - at));
      framing.check(kept);
      passed += framing.sound() - kept.readerIndex();
      kept.readerIndex(framing.sound());
      kept.discardReadBytes();
    }
    return passed;
  }
}
