package dev.sluice.framing;

import static dev.sluice.framing.Wire.bytes;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Vectors are written as {@link Wire} reads them. */
class ResponseFramingTest {
  private static final String OK = "HTTP/1.1 200 OK\\r\\n";
  private static final String EMPTY = OK + "Content-Length: 0\\r\\n\\r\\n";
  private static final String CHUNKED = OK + "Transfer-Encoding: chunked\\r\\n\\r\\n";
  private static final int MAX_HEAD = 1000;

  @ParameterizedTest
  @ValueSource(
      strings = {
        EMPTY,
        OK + "Content-Length: 3\\r\\n\\r\\n\\r\\n\\0",
        OK + "content-length:\\t3 \\r\\n\\r\\nabc",
        OK + "Content-Length: 003\\r\\n\\r\\nabc",
        OK + "X:\\r\\nX: \\xe4\\r\\nContent-Length: 0\\r\\n\\r\\n",
        OK + "\\r\\nuntil the end",
        "HTTP/1.1 200\\r\\nContent-Length: 0\\r\\n\\r\\n",
        "HTTP/1.1 200 \\r\\nContent-Length: 0\\r\\n\\r\\n",
        "HTTP/1.1 599 So \\xe4\\tit is\\r\\nContent-Length: 0\\r\\n\\r\\n",
        "HTTP/1.0 200 OK\\r\\n\\r\\nuntil the end",
        "HTTP/1.0 200 OK\\r\\nContent-Length: 3\\r\\n\\r\\nabc",
        "HTTP/1.1 204 No Content\\r\\n\\r\\n",
        "HTTP/1.1 204 No Content\\r\\nContent-Length: 5\\r\\n\\r\\n",
        "HTTP/1.1 304 Not Modified\\r\\nContent-Length: 5\\r\\n\\r\\n",
        "HTTP/1.1 304 Not Modified\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n",
        "HTTP/1.1 205 Reset Content\\r\\nContent-Length: 0\\r\\n\\r\\n",
        OK + "Transfer-Encoding: Chunked\\r\\n\\r\\n0\\r\\n\\r\\n",
        CHUNKED + "3\\r\\nabc\\r\\n0\\r\\n\\r\\n",
        CHUNKED + "00A;x=\"y\"\\r\\n0123456789\\r\\n0 ; z\\r\\nTrailer: y\\r\\n\\r\\n",
        "HTTP/1.1 100 Continue\\r\\n\\r\\n" + EMPTY,
        "HTTP/1.1 103 Early Hints\\r\\nLink: x\\r\\n\\r\\nHTTP/1.1 100 \\r\\n\\r\\n" + EMPTY,
      })
  void whatIsFramedWellIsPassedOnHoweverItIsCut(String text) throws BadFraming {
    byte[] bytes = bytes(text);
    for (int size = 1; size <= bytes.length; size++) {
      assertEquals(text(bytes), passed(framing("GET"), bytes, size), text + " by " + size);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "hello\\r\\n\\r\\n",
        "<html>no head at all</html>",
        "HTTP/2",
        "HTTP/1.1 200 OK\\rX",
        "HTTP/1.1 200 OK\\r\\nX: \\0",
        "\\r\\n" + EMPTY,
        " " + EMPTY,
        "200 OK\\r\\n\\r\\n",
        "HTTP/1.1\\r\\n\\r\\n",
        "HTTP/1.1 20\\r\\n\\r\\n",
        "HTTP/1.1 2000\\r\\n\\r\\n",
        "HTTP/1.1 2x0 OK\\r\\n\\r\\n",
        "HTTP/1.1 +20 OK\\r\\n\\r\\n",
        "HTTP/1.1 -20 OK\\r\\n\\r\\n",
        "HTTP/1.1 099 OK\\r\\n\\r\\n",
        "HTTP/1.1 000 OK\\r\\n\\r\\n",
        "HTTP/1.1 600 OK\\r\\n\\r\\n",
        "HTTP/1.1 999 OK\\r\\n\\r\\n",
        "HTTP/1.1  200 OK\\r\\n\\r\\n",
        "HTTP/1.1\\t200 OK\\r\\n\\r\\n",
        "HTTP/1.1 200\\tOK\\r\\n\\r\\n",
        "HTTP/1.1 200OK\\r\\n\\r\\n",
        "HTTP/1.1 200 O\\0K\\r\\n\\r\\n",
        "HTTP/1.1 200 O\\rK\\r\\n\\r\\n",
        "HTTP/1.1 200 O\\x7fK\\r\\n\\r\\n",
        "HTTP/2.0 200 OK\\r\\n\\r\\n",
        "HTTP/1.2 200 OK\\r\\n\\r\\n",
        "HTTP/0.9 200 OK\\r\\n\\r\\n",
        "HTTP/11 200 OK\\r\\n\\r\\n",
        "http/1.1 200 OK\\r\\n\\r\\n",
        "ICY 200 OK\\r\\n\\r\\n",
        "HTTP/1.1 200 OK\\nContent-Length: 0\\r\\n\\r\\n",
        "HTTP/1.1 200 OK\\rContent-Length: 0\\r\\n\\r\\n",
        OK + "Content-Length: 0\\n\\r\\n",
        OK + "Content-Length: 0\\r\\n\\n",
        OK + "X: a\\r\\n b\\r\\nContent-Length: 0\\r\\n\\r\\n",
        OK + "X: a\\r\\n\\tb\\r\\nContent-Length: 0\\r\\n\\r\\n",
        OK + " X: a\\r\\nContent-Length: 0\\r\\n\\r\\n",
        OK + "X : a\\r\\nContent-Length: 0\\r\\n\\r\\n",
        OK + "X\\r\\nContent-Length: 0\\r\\n\\r\\n",
        OK + ": a\\r\\nContent-Length: 0\\r\\n\\r\\n",
        OK + "X Y: a\\r\\nContent-Length: 0\\r\\n\\r\\n",
        OK + "X\\xe4: a\\r\\nContent-Length: 0\\r\\n\\r\\n",
        OK + "X: a\\0b\\r\\nContent-Length: 0\\r\\n\\r\\n",
        OK + "X: a\\rb\\r\\nContent-Length: 0\\r\\n\\r\\n",
        OK + "X: a\\x1bb\\r\\nContent-Length: 0\\r\\n\\r\\n",
        OK + "Content-Length: 3\\r\\nContent-Length: 3\\r\\n\\r\\nabc",
        OK + "Content-Length: 3\\r\\nContent-Length: 4\\r\\n\\r\\nabc",
        OK + "Content-Length: 3, 3\\r\\n\\r\\nabc",
        OK + "Content-Length: 3,4\\r\\n\\r\\nabc",
        OK + "Content-Length: +3\\r\\n\\r\\nabc",
        OK + "Content-Length: -3\\r\\n\\r\\nabc",
        OK + "Content-Length: 0x3\\r\\n\\r\\nabc",
        OK + "Content-Length: 3.0\\r\\n\\r\\nabc",
        OK + "Content-Length: 3 3\\r\\n\\r\\nabc",
        OK + "Content-Length: abc\\r\\n\\r\\n",
        OK + "Content-Length:\\r\\n\\r\\n",
        OK + "Content-Length: 9223372036854775808\\r\\n\\r\\n",
        OK + "Content-Length: 18446744073709551619\\r\\n\\r\\nabc",
        OK + "Content-Length: 3\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n0\\r\\n\\r\\n",
        OK + "Transfer-Encoding: chunked\\r\\nContent-Length: 3\\r\\n\\r\\n0\\r\\n\\r\\n",
        OK + "Transfer-Encoding: chunked\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n",
        OK + "Transfer-Encoding: chunked, chunked\\r\\n\\r\\n",
        OK + "Transfer-Encoding: gzip, chunked\\r\\n\\r\\n",
        OK + "Transfer-Encoding: gzip\\r\\n\\r\\n",
        OK + "Transfer-Encoding: identity\\r\\n\\r\\n",
        OK + "Transfer-Encoding: xchunked\\r\\n\\r\\n",
        OK + "Transfer-Encoding: \"chunked\"\\r\\n\\r\\n",
        OK + "Transfer-Encoding: chunked;q=1\\r\\n\\r\\n",
        OK + "Transfer-Encoding:\\r\\n\\r\\n",
        OK + "Transfer-Encoding:\\x0bchunked\\r\\n\\r\\n",
        OK + "Transfer-Encoding : chunked\\r\\n\\r\\n",
        "HTTP/1.0 200 OK\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n0\\r\\n\\r\\n",
        "HTTP/1.1 204 \\r\\nContent-Length: 3\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n",
        CHUNKED + "\\r\\n",
        CHUNKED + "g\\r\\n",
        CHUNKED + "0x3\\r\\nabc\\r\\n",
        CHUNKED + "-3\\r\\nabc\\r\\n",
        CHUNKED + "+3\\r\\nabc\\r\\n",
        CHUNKED + " 3\\r\\nabc\\r\\n",
        CHUNKED + "3 \\r\\nabc\\r\\n",
        CHUNKED + "3 3\\r\\nabc\\r\\n",
        CHUNKED + "3\\nabc\\r\\n",
        CHUNKED + "3\\r\\nabcd\\r\\n",
        CHUNKED + "3\\r\\nabc\\n0\\r\\n\\r\\n",
        CHUNKED + "3\\r\\nabc0\\r\\n\\r\\n",
        CHUNKED + "3;a\\rb\\r\\nabc\\r\\n",
        CHUNKED + "3;a\\nb\\r\\nabc\\r\\n",
        CHUNKED + "3;\\0\\r\\nabc\\r\\n",
        CHUNKED + "80000000\\r\\nabc\\r\\n",
        CHUNKED + "100000003\\r\\nabc\\r\\n",
        CHUNKED + "10000000000000003\\r\\nabc\\r\\n",
        CHUNKED + "0\\r\\nX : y\\r\\n\\r\\n",
        CHUNKED + "0\\r\\nContent-Length: 5\\r\\n\\r\\n",
        CHUNKED + "0\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n",
        CHUNKED + "0\\r\\n\\n",
        "HTTP/1.1 101 Switching Protocols\\r\\nUpgrade: x\\r\\n\\r\\n",
        "HTTP/1.1 100 Continue\\r\\n\\r\\nhello\\r\\n",
        "HTTP/1.1 100 Continue\\r\\nContent-Length: x\\r\\n\\r\\n" + EMPTY,
      })
  void whatIsNotIsRefusedHoweverItIsCut(String text) {
    byte[] bytes = bytes(text);
    for (int size = 1; size <= bytes.length; size++) {
      int cut = size;
      assertThrows(
          BadFraming.class, () -> passed(framing("GET"), bytes, cut), () -> text + " by " + cut);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        OK + "Content-Length: 5\\r\\n\\r\\n",
        OK + "Transfer-Encoding: chunked\\r\\n\\r\\n",
        OK + "\\r\\n",
      })
  void anAnswerToHeadHasNoBodyWhateverItsFieldsSay(String text) throws BadFraming {
    byte[] bytes = bytes(text);
    for (int size = 1; size <= bytes.length; size++) {
      ResponseFraming framing = framing("HEAD");
      assertEquals(text(bytes), passed(framing, bytes, size));
      assertTrue(framing.isReusable());
      framing.sent("GET", false);
      assertEquals(text(bytes(EMPTY)), passed(framing, bytes(EMPTY), size));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "HEAD|HTTP/1.1 200 OK\\r\\nContent-Length: 5\\r\\n\\r\\n",
        "GET|HTTP/1.1 204 No Content\\r\\nContent-Length: 5\\r\\n\\r\\n",
        "GET|HTTP/1.1 304 Not Modified\\r\\n\\r\\n",
      })
  void aBodyThatMayNotBeIsDroppedAndTheConnectionWithIt(String method, String head)
      throws BadFraming {
    ResponseFraming framing = framing(method);
    assertEquals(text(bytes(head)), passed(framing, bytes(head + "hello"), 1000));
    assertFalse(framing.isReusable());
  }

  @ParameterizedTest
  @ValueSource(strings = {"102 Processing", "104 Upload Resumption Supported", "199 x"})
  void interimAnswersThatTheCodecKnowsNotAreTakenOut(String status) throws BadFraming {
    String hints = "HTTP/1.1 103 Early Hints\\r\\n\\r\\n";
    String other = "HTTP/1.1 " + status + "\\r\\nX: y\\r\\n\\r\\n";
    byte[] bytes = bytes(other + hints + other + hints + other + EMPTY);
    for (int size = 1; size <= bytes.length; size++) {
      assertEquals(text(bytes(hints + hints + EMPTY)), passed(framing("GET"), bytes, size));
    }
  }

  @Test
  void noInterimAnswerToHeadReachesTheCodec() throws BadFraming {
    byte[] bytes = bytes("HTTP/1.1 103 Early Hints\\r\\n\\r\\n" + EMPTY);
    for (int size = 1; size <= bytes.length; size++) {
      assertEquals(text(bytes(EMPTY)), passed(framing("HEAD"), bytes, size));
    }
  }

  @Test
  void interimAnswersWithoutEndAreRefused() {
    byte[] bytes = bytes("HTTP/1.1 100 Continue\\r\\n\\r\\n".repeat(65));
    assertThrows(BadFraming.class, () -> passed(framing("GET"), bytes, 50));
  }

  @Test
  void aHeadThatIsTooLargeIsRefused() {
    for (String head :
        new String[] {
          "HTTP/1.1 200 " + "a".repeat(2000),
          OK + "X: " + "a".repeat(2000),
          OK + "X: y\\r\\n".repeat(300),
          OK + "X: " + "a".repeat(2000) + "\\r\\n\\r\\n",
          CHUNKED + "1;" + "a".repeat(2000),
          CHUNKED + "0\\r\\n" + "X: y\\r\\n".repeat(3000),
        }) {
      byte[] bytes = bytes(head);
      assertThrows(BadFraming.class, () -> passed(framing("GET"), bytes, 500));
      assertThrows(BadFraming.class, () -> passed(framing("GET"), bytes, bytes.length));
    }
  }

  @Test
  void anotherProtocolIsSpokenWhereItWasAskedFor() throws BadFraming {
    byte[] bytes = bytes("HTTP/1.1 101 Switching Protocols\\r\\nUpgrade: x\\r\\n\\r\\n\\0\\n\\x80");
    for (int size = 1; size <= bytes.length; size++) {
      ResponseFraming framing = new ResponseFraming(MAX_HEAD);
      framing.sent("GET", true);
      assertEquals(text(bytes), passed(framing, bytes, size));
      assertFalse(framing.isReusable());
    }
  }

  /** RFC 9112 §6.3: it is never part of a response, and never another's. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "HTTP/1.1 200 OK\\r\\nContent-Length: 0\\r\\n\\r\\n|x",
        "HTTP/1.1 200 OK\\r\\nContent-Length: 0\\r\\n\\r\\n|\\r\\n",
        "HTTP/1.1 200 OK\\r\\nContent-Length: 3\\r\\n\\r\\nabc|d",
        "HTTP/1.1 200 OK\\r\\nContent-Length: 0\\r\\n\\r\\n|HTTP/1.1 200 OK\\r\\n\\r\\n",
        "HTTP/1.1 200 OK\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n0\\r\\n\\r\\n|HTTP/1.1 200 OK",
      })
  void whatNobodyAskedForIsDroppedAndTheConnectionNotUsedAgain(String whole, String more)
      throws BadFraming {
    byte[] bytes = bytes(whole + more);
    for (int size = 1; size <= bytes.length; size++) {
      ResponseFraming framing = framing("GET");
      assertEquals(text(bytes(whole)), passed(framing, bytes, size), "by " + size);
      assertFalse(framing.isReusable());
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "HTTP/1.1 200 OK\\r\\nContent-Length: 1\\r\\n\\r\\na|true",
        "HTTP/1.1 200 OK\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n0\\r\\n\\r\\n|true",
        "HTTP/1.1 200 OK\\r\\nContent-Length: 1\\r\\n\\r\\n|false",
        "HTTP/1.1 200 OK\\r\\nContent-Length: 1\\r\\nConnection: close\\r\\n\\r\\na|false",
        "HTTP/1.1 200 OK\\r\\nContent-Length: 1\\r\\nConnection: x, Close\\r\\n\\r\\na|false",
        "HTTP/1.1 200 OK\\r\\nConnection: x\\r\\nConnection: close\\r\\n\\r\\n|false",
        "HTTP/1.1 200 OK\\r\\n\\r\\nuntil the end|false",
        "HTTP/1.0 200 OK\\r\\nContent-Length: 1\\r\\n\\r\\na|false",
        "HTTP/1.0 200 OK\\r\\nContent-Length: 1\\r\\nConnection: Keep-Alive\\r\\n\\r\\na|true",
      })
  void aConnectionIsReusedWhereItStays(String text, boolean stays) throws BadFraming {
    ResponseFraming framing = framing("GET");
    passed(framing, bytes(text), 1000);
    assertEquals(stays, framing.isReusable());
  }

  private static ResponseFraming framing(String method) {
    ResponseFraming framing = new ResponseFraming(MAX_HEAD);
    framing.sent(method, false);
    return framing;
  }

  /** What is passed on when the bytes come in pieces of a size. */
  private static String passed(ResponseFraming framing, byte[] bytes, int size) throws BadFraming {
    ByteBuf kept = Unpooled.buffer();
    StringBuilder passed = new StringBuilder();
    for (int at = 0; at < bytes.length; at += size) {
      kept.writeBytes(bytes, at, Math.min(size, bytes.length - at));
      framing.check(kept);
      int sound = framing.sound() - kept.readerIndex();
      passed.append(kept.readCharSequence(sound, StandardCharsets.ISO_8859_1));
      kept.discardReadBytes();
    }
    return passed.toString();
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }
}
