package dev.sluice.framing;

import static dev.sluice.framing.Wire.bytes;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.stream.Collectors;
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
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        EMPTY + "|200 {Content-Length=0}.",
        OK + "Content-Length: 3\\r\\n\\r\\na\\xe4c|200 {Content-Length=3}a\u00e4c.",
        OK + "content-length:\\t3 \\r\\n\\r\\nabc|200 {content-length=3}abc.",
        OK + "Content-Length: 003\\r\\n\\r\\nabc|200 {Content-Length=003}abc.",
        OK
            + "X:\\r\\nX: \\xe4\\r\\nContent-Length: 0\\r\\n\\r\\n|200 {X=, X=\u00e4, Content-Length=0}.",
        OK + "\\r\\nuntil the end|200 {}until the end",
        "HTTP/1.1 200\\r\\nContent-Length: 0\\r\\n\\r\\n|200 {Content-Length=0}.",
        "HTTP/1.1 200 \\r\\nContent-Length: 0\\r\\n\\r\\n|200 {Content-Length=0}.",
        "HTTP/1.1 599 So \\xe4\\tit\\r\\nContent-Length: 0\\r\\n\\r\\n|599 {Content-Length=0}.",
        "HTTP/1.0 200 OK\\r\\n\\r\\nuntil the end|200 {}until the end",
        "HTTP/1.0 200 OK\\r\\nContent-Length: 3\\r\\n\\r\\nabc|200 {Content-Length=3}abc.",
        "HTTP/1.1 204 No Content\\r\\n\\r\\n|204 {}.",
        "HTTP/1.1 204 No Content\\r\\nContent-Length: 5\\r\\n\\r\\n|204 {Content-Length=5}.",
        "HTTP/1.1 304 Not Modified\\r\\nContent-Length: 5\\r\\n\\r\\n|304 {Content-Length=5}.",
        "HTTP/1.1 304 No\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n|304 {Transfer-Encoding=chunked}.",
        "HTTP/1.1 205 Reset Content\\r\\nContent-Length: 0\\r\\n\\r\\n|205 {Content-Length=0}.",
        OK + "transfer-encoding: Chunked\\r\\n\\r\\n0\\r\\n\\r\\n|200 {transfer-encoding=Chunked}.",
        CHUNKED + "3\\r\\nabc\\r\\n0\\r\\n\\r\\n|200 {Transfer-Encoding=chunked}abc.",
        CHUNKED
            + "3\\r\\nabc\\r\\n1\\r\\nd\\r\\n0\\r\\n\\r\\n|200 {Transfer-Encoding=chunked}abcd.",
        CHUNKED
            + "00A;x=\"y\"\\r\\n0123456789\\r\\n0 ; z\\r\\nA: y\\r\\nB:\\r\\n\\r\\n"
            + "|200 {Transfer-Encoding=chunked}0123456789.{A=y, B=}",
        "HTTP/1.1 100 Continue\\r\\n\\r\\n" + EMPTY + "|200 {Content-Length=0}.",
        "HTTP/1.1 103 x\\r\\nLink: x\\r\\n\\r\\nHTTP/1.1 100 \\r\\n\\r\\n"
            + EMPTY
            + "|103 {Link=x};200 {Content-Length=0}.",
        "HTTP/1.1 102 x\\r\\nX: y\\r\\n\\r\\nHTTP/1.1 199 x\\r\\n\\r\\n"
            + EMPTY
            + "|200 {Content-Length=0}.",
      })
  void whatIsFramedWellIsReadTheSameHoweverItIsCut(String text, String read) throws BadFraming {
    byte[] bytes = bytes(text);
    for (int size = 1; size <= bytes.length; size++) {
      assertEquals(read, read(framing("GET"), bytes, size), text + " by " + size);
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
          BadFraming.class, () -> read(framing("GET"), bytes, cut), () -> text + " by " + cut);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        OK + "Content-Length: 5\\r\\n\\r\\n",
        OK + "Transfer-Encoding: chunked\\r\\n\\r\\n",
        OK + "\\r\\n",
        "HTTP/1.1 103 Early Hints\\r\\n\\r\\n" + OK + "\\r\\n",
      })
  void anAnswerToHeadHasNoBodyWhateverItsFieldsSay(String text) throws BadFraming {
    byte[] bytes = bytes(text);
    for (int size = 1; size <= bytes.length; size++) {
      ResponseFraming framing = framing("HEAD");
      assertTrue(read(framing, bytes, size).endsWith("}."));
      assertTrue(framing.isReusable());
      framing.sent("GET");
      assertEquals("200 {Content-Length=0}.", read(framing, bytes(EMPTY), size));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "HEAD|HTTP/1.1 200 OK\\r\\n\\r\\n|200 {}.",
        "GET|HTTP/1.1 204 No Content\\r\\n\\r\\n|204 {}.",
        "GET|HTTP/1.1 304 Not Modified\\r\\n\\r\\n|304 {}.",
      })
  void aBodyThatMayNotBeIsDroppedAndTheConnectionWithIt(String method, String head, String read)
      throws BadFraming {
    ResponseFraming framing = framing(method);
    assertEquals(read, read(framing, bytes(head + "hello"), 1000));
    assertFalse(framing.isReusable());
  }

  /** RFC 9110 §15.2.2: the last of HTTP; what follows is left as it came, however it is cut. */
  @Test
  void whereAnotherProtocolIsAgreedToWhatFollowsIsLeft() throws BadFraming {
    String head = "HTTP/1.1 103 x\\r\\n\\r\\nHTTP/1.1 101 x\\r\\nContent-Length: 2\\r\\n\\r\\n";
    byte[] bytes = bytes(head + "\\x81\\r\\n\\r\\nHTTP/1.1 200 OK\\r\\n\\r\\n");
    for (int size = 1; size <= bytes.length; size++) {
      ResponseFraming framing = new ResponseFraming(MAX_HEAD);
      framing.sent("GET", true);
      assertEquals("103 {};101 {Content-Length=2}", read(framing, bytes, size), "by " + size);
      assertFalse(framing.isReusable());
      ByteBuf rest = framing.takeRest();
      assertEquals(24, rest.readableBytes());
      assertEquals((byte) 0x81, rest.readByte());
      rest.release();
      assertNull(framing.takeRest());
    }
  }

  @Test
  void interimAnswersWithoutEndAreRefused() {
    byte[] bytes = bytes("HTTP/1.1 100 Continue\\r\\n\\r\\n".repeat(65));
    assertThrows(BadFraming.class, () -> read(framing("GET"), bytes, 50));
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
      assertThrows(BadFraming.class, () -> read(framing("GET"), bytes, 500));
      assertThrows(BadFraming.class, () -> read(framing("GET"), bytes, bytes.length));
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
      String read = read(framing("GET"), bytes(whole), 1000);
      assertEquals(read, read(framing, bytes, size), "by " + size);
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
    read(framing, bytes(text), 1000);
    assertEquals(stays, framing.isReusable());
  }

  @Test
  void theEndOfTheConnectionMayBeTheEndOfTheBody() throws BadFraming {
    ResponseFraming framing = framing("GET");
    read(framing, bytes(OK + "\\r\\nabc"), 1000);
    framing.end();
    assertEquals(0, framing.takeEnd().size());
    ResponseFraming other = framing("GET");
    read(other, bytes(OK + "Content-Length: 4\\r\\n\\r\\nabc"), 1000);
    other.end();
    assertNull(other.takeEnd());
  }

  private static ResponseFraming framing(String method) {
    ResponseFraming framing = new ResponseFraming(MAX_HEAD);
    framing.sent(method);
    return framing;
  }

  /** What is read when the bytes come in pieces of a size; a point is the end of a body. */
  private static String read(ResponseFraming framing, byte[] bytes, int size) throws BadFraming {
    ChannelHandlerContext context =
        new EmbeddedChannel(new ChannelInboundHandlerAdapter()).pipeline().firstContext();
    StringBuilder read = new StringBuilder();
    for (int at = 0; at < bytes.length; at += size) {
      int piece = Math.min(size, bytes.length - at);
      framing.read(context, context.alloc().buffer().writeBytes(bytes, at, piece));
      framing.takeHints().forEach(hints -> read.append("103 ").append(text(hints)).append(';'));
      Answer head = framing.takeHead();
      if (head != null) read.append(head.status()).append(' ').append(text(head.fields()));
      Buffer data = framing.takeData();
      if (data != null) read.append(data.toString(StandardCharsets.ISO_8859_1));
      MultiMap trailers = framing.takeEnd();
      if (trailers == null) continue;
      read.append('.');
      if (!trailers.isEmpty()) read.append(text(trailers));
    }
    return read.toString();
  }

  private static String text(MultiMap fields) {
    return fields.entries().stream()
        .map(field -> field.getKey() + "=" + field.getValue())
        .collect(Collectors.joining(", ", "{", "}"));
  }
}
