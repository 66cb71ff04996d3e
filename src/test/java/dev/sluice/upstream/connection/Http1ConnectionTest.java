package dev.sluice.upstream.connection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.framing.Answer;
import dev.sluice.framing.BadFraming;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.util.AsciiString;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class Http1ConnectionTest {
  private static final String OK = "HTTP/1.1 200 OK\r\n";
  private static final String CHUNKED = OK + "Transfer-Encoding: chunked\r\n\r\n";

  private final Http1Connection connection = new Http1Connection();
  private final EmbeddedChannel channel = new EmbeddedChannel(connection);
  private final Told told = new Told();
  private Stream stream;

  @AfterEach
  void close() {
    channel.finishAndReleaseAll();
  }

  /** What a listener is told: a status, parts of a body in brackets, a point at its end. */
  private final class Told implements Stream.Listener {
    private final StringBuilder seen = new StringBuilder();
    private Throwable failure;
    private boolean pauses;
    private boolean resets;
    private int drained;

    @Override
    public void hints(MultiMap fields) {
      seen.append("103 ");
    }

    @Override
    public void head(Answer answer) {
      seen.append(answer.status());
      if (resets) stream.reset();
    }

    @Override
    public void data(Buffer part) {
      seen.append('[').append(part).append(']');
      if (pauses) stream.pause();
    }

    @Override
    public void end(MultiMap trailers) {
      seen.append('.').append(trailers.isEmpty() ? "" : trailers.entries().toString());
    }

    @Override
    public void fail(Throwable cause) {
      seen.append('!');
      failure = cause;
    }

    @Override
    public void drained() {
      drained++;
    }
  }

  @Test
  void aRequestIsWrittenAsItIs() {
    MultiMap fields = MultiMap.caseInsensitiveMultiMap();
    byte[] latin = {'a', (byte) 0xe4};
    fields.add("X-A", "1").add(new AsciiString("X-B"), new AsciiString(latin, false));
    open().send(new Request(HttpMethod.GET, "/a?b", "host:1", fields), Stream.Body.NONE);
    assertEquals("GET /a?b HTTP/1.1\r\nhost: host:1\r\nX-A: 1\r\nX-B: aä\r\n\r\n", written());
  }

  @Test
  void aBodyOfUnknownLengthIsWrittenInChunks() {
    open().send(post(), Stream.Body.UNSIZED);
    stream.write(Buffer.buffer("0123456789"));
    stream.write(Buffer.buffer());
    stream.write(Buffer.buffer("x"));
    stream.end();
    String chunks = "a\r\n0123456789\r\n1\r\nx\r\n0\r\n\r\n";
    assertEquals(
        "POST / HTTP/1.1\r\nhost: h\r\ntransfer-encoding: chunked\r\n\r\n" + chunks, written());
  }

  @Test
  void oneOfAKnownLengthIsNot() {
    Request sized = post();
    sized.fields().set("Content-Length", "3");
    open().send(sized, Stream.Body.SIZED);
    assertEquals("", written(), "it waits for the body");
    stream.write(Buffer.buffer("abc"));
    stream.end();
    assertEquals("POST / HTTP/1.1\r\nhost: h\r\nContent-Length: 3\r\n\r\nabc", written());
  }

  @Test
  void oneAnswerAfterTheOther() {
    get();
    answer(
        "HTTP/1.1 103 x\r\nLink: y\r\n\r\n" + CHUNKED + "1\r\na\r\n2\r\nbc\r\n0\r\nT: u\r\n\r\n");
    assertEquals("103 200[abc].[T=u]", told.seen.toString());
    assertTrue(connection.isReusable());
    get();
    assertFalse(connection.isReusable());
    answer(OK + "Content-Length: 2\r\n\r\nh");
    answer("i");
    assertEquals("103 200[abc].[T=u]200[h][i].", told.seen.toString());
    assertTrue(channel.isOpen());
  }

  @Test
  void whileItsListenerIsPausedNothingIsRead() {
    told.pauses = true;
    get();
    answer(OK + "Content-Length: 4\r\n\r\na");
    assertFalse(channel.config().isAutoRead());
    answer("b"); // as where the peer closes: the rest is read unasked
    assertEquals("200[a]", told.seen.toString());
    stream.resume();
    assertEquals("200[a][b]", told.seen.toString());
    stream.resume();
    assertTrue(channel.config().isAutoRead());
    answer("cd");
    assertEquals("200[a][b][cd].", told.seen.toString());
    assertTrue(channel.config().isAutoRead(), "the next answer is another's");
    assertTrue(connection.isReusable());
  }

  @Test
  void whatCameBeforeTheEndOfTheConnectionIsNotLostToAPause() {
    told.pauses = true;
    get();
    answer(OK + "\r\na");
    answer("b");
    channel.close();
    assertEquals("200[a]", told.seen.toString());
    told.pauses = false;
    stream.resume();
    assertEquals("200[a][b].", told.seen.toString());
  }

  @Test
  void ofAnAnswerThatIsRefusedAtOnceNothingIsTold() {
    get();
    answer(CHUNKED + "3\r\nabc\r\nzz\r\n");
    assertEquals("!", told.seen.toString());
    assertRefused();
  }

  @Test
  void aBodyThatGoesWrongFailsAndNeverEnds() {
    get();
    answer(CHUNKED + "3\r\nabc\r\n");
    answer("zz\r\n0\r\n\r\n");
    assertEquals("200[abc]!", told.seen.toString());
    assertRefused();
  }

  @ParameterizedTest
  @ValueSource(strings = {"x", OK + "Content-Length: 0\r\n\r\n"})
  void aByteOnAnIdleConnectionEndsIt(String bytes) {
    get();
    answer(OK + "Content-Length: 0\r\n\r\n");
    answer(bytes);
    assertEquals("200.", told.seen.toString());
    assertFalse(channel.isOpen());
    assertFalse(connection.isReusable());
  }

  @Test
  void anAnswerToARequestThatIsNotSentYetIsNone() {
    open();
    answer(OK + "Content-Length: 0\r\n\r\n");
    assertEquals("!", told.seen.toString());
    assertInstanceOf(IOException.class, told.failure);
    assertFalse(channel.isOpen());
  }

  @Test
  void aBodyBehindTheAnswerToHeadIsDropped() {
    open().send(new Request(HttpMethod.HEAD, "/", "h", none()), Stream.Body.NONE);
    answer(OK + "Content-Length: 5\r\n\r\nhello");
    assertEquals("200.", told.seen.toString());
    assertNull(told.failure);
    assertFalse(channel.isOpen());
  }

  @Test
  void theEndOfTheConnectionMayBeTheEndOfTheBody() {
    get();
    answer(OK + "\r\nabc");
    channel.pipeline().fireUserEventTriggered(SslCloseCompletionEvent.SUCCESS);
    channel.close();
    assertEquals("200[abc].", told.seen.toString());
  }

  @Test
  void butNotWhereTlsWasCutOff() {
    get();
    answer(OK + "\r\nabc");
    ClosedChannelException cut = new ClosedChannelException();
    channel.pipeline().fireUserEventTriggered(new SslCloseCompletionEvent(cut));
    assertEquals("200[abc]!", told.seen.toString());
  }

  @Test
  void norWhereTheConnectionWasReset() {
    get();
    answer(OK + "\r\nabc");
    channel.pipeline().fireExceptionCaught(new IOException("Connection reset by peer"));
    assertEquals("200[abc]!", told.seen.toString());
  }

  @Test
  void andNotWhereItsLengthIsKnown() {
    get();
    answer(OK + "Content-Length: 4\r\n\r\nabc");
    channel.close();
    assertEquals("200[abc]!", told.seen.toString());
    assertInstanceOf(IOException.class, told.failure);
  }

  @Test
  void whoResetsHearsNothingMore() {
    told.resets = true;
    get();
    answer(OK + "Content-Length: 1\r\n\r\na");
    assertEquals("200", told.seen.toString());
    assertFalse(channel.isOpen());
  }

  @Test
  void aSlowPeerIsToldOfAndThatItTakesMore() {
    channel.config().setWriteBufferWaterMark(new WriteBufferWaterMark(5, 10));
    open().send(post(), Stream.Body.UNSIZED);
    assertTrue(stream.isFull(), "the head waits");
    stream.write(Buffer.buffer("x"));
    assertFalse(stream.isFull());
    assertTrue(told.drained > 0);
  }

  @Test
  void itsEndIsToldOnce() {
    int[] closed = {0};
    connection.onClose(() -> closed[0]++);
    connection.close();
    connection.close();
    assertEquals(1, closed[0]);
    assertFalse(connection.isReusable());
  }

  private void assertRefused() {
    assertInstanceOf(BadFraming.class, told.failure);
    assertFalse(channel.isOpen());
    assertFalse(connection.isReusable());
  }

  private Stream open() {
    stream = connection.open(told).result();
    return stream;
  }

  private void get() {
    open().send(new Request(HttpMethod.GET, "/", "h", none()), Stream.Body.NONE);
  }

  private static Request post() {
    return new Request(HttpMethod.POST, "/", "h", none());
  }

  private static MultiMap none() {
    return MultiMap.caseInsensitiveMultiMap();
  }

  private void answer(String text) {
    channel.writeInbound(Unpooled.buffer().writeBytes(text.getBytes(StandardCharsets.ISO_8859_1)));
  }

  private String written() {
    StringBuilder text = new StringBuilder();
    for (ByteBuf out = channel.readOutbound(); out != null; out = channel.readOutbound()) {
      text.append(out.toString(StandardCharsets.ISO_8859_1));
      out.release();
    }
    return text.toString();
  }
}
