package dev.sluice.framing;

import static dev.sluice.framing.Wire.bytes;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.util.ReferenceCountUtil;
import java.nio.channels.ClosedChannelException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The check and the codec behind it: what the one passes, the other reads the same way. */
class ResponseFramingHandlerTest {
  private final StringBuilder seen = new StringBuilder();
  private Throwable failure;
  private EmbeddedChannel channel;
  private ResponseFramingHandler framing;

  @BeforeEach
  void open() {
    channel = new EmbeddedChannel(new HttpClientCodec(), new Notes());
    framing = ResponseFramingHandler.in(channel.pipeline());
  }

  @AfterEach
  void close() {
    channel.finishAndReleaseAll();
  }

  /** What comes out of the codec: a status, its body's bytes, a point at its end. */
  private final class Notes extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      if (message instanceof HttpResponse response) seen.append(response.status().code());
      if (message instanceof HttpContent content) {
        seen.append(content.content().toString(StandardCharsets.US_ASCII));
      }
      if (message instanceof LastHttpContent) seen.append('.');
      ReferenceCountUtil.release(message);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      failure = cause;
    }
  }

  @Test
  void theCodecReadsWhatWasChecked() {
    ask(HttpMethod.GET);
    answer("HTTP/1.1 200 OK\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n3\\r\\nab");
    answer("c\\r");
    assertFalse(framing.isReusable());
    answer("\\n0\\r\\n\\r\\n");
    assertEquals("200abc.", seen.toString());
    assertTrue(framing.isReusable());
    ask(HttpMethod.GET);
    assertFalse(framing.isReusable());
    answer("HTTP/1.1 200 OK\\r\\nContent-Length: 2\\r\\n\\r\\nhi");
    assertEquals("200abc.200hi.", seen.toString());
    assertTrue(channel.isOpen());
  }

  @Test
  void aHintBeforeTheAnswerToHeadLeavesTheCodecInStep() {
    ask(HttpMethod.HEAD);
    answer(
        "HTTP/1.1 103 Early Hints\\r\\n\\r\\nHTTP/1.1 200 OK\\r\\nContent-Length: 5\\r\\n\\r\\n");
    ask(HttpMethod.GET);
    answer("HTTP/1.1 102 Processing\\r\\n\\r\\nHTTP/1.1 404 No\\r\\nContent-Length: 0\\r\\n\\r\\n");
    assertEquals("200.404.", seen.toString());
    assertNull(failure);
  }

  @Test
  void ofAnAnswerThatIsRefusedAtOnceNothingIsPassedOn() {
    ask(HttpMethod.GET);
    answer("HTTP/1.1 200 OK\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n3\\r\\nabc\\r\\nzz\\r\\n");
    assertEquals("", seen.toString());
    assertRefused();
  }

  @Test
  void aBodyThatGoesWrongFailsAndNeverEnds() {
    ask(HttpMethod.GET);
    answer("HTTP/1.1 200 OK\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n3\\r\\nabc\\r\\n");
    answer("zz\\r\\n");
    assertEquals("200abc", seen.toString());
    assertRefused();
  }

  @ParameterizedTest
  @CsvSource({"x", "HTTP/1.1 200 OK\\r\\nContent-Length: 0\\r\\n\\r\\n"})
  void aByteOnAnIdleConnectionEndsIt(String bytes) {
    ask(HttpMethod.GET);
    answer("HTTP/1.1 200 OK\\r\\nContent-Length: 0\\r\\n\\r\\n");
    answer(bytes);
    assertEquals("200.", seen.toString());
    assertNull(failure);
    assertFalse(channel.isOpen());
    assertFalse(framing.isReusable());
  }

  @Test
  void aBodyBehindTheAnswerToHeadIsDropped() {
    ask(HttpMethod.HEAD);
    answer("HTTP/1.1 200 OK\\r\\nContent-Length: 5\\r\\n\\r\\nhello");
    assertEquals("200.", seen.toString());
    assertNull(failure);
    assertFalse(channel.isOpen());
    assertFalse(framing.isReusable());
  }

  @Test
  void theEndOfTheConnectionMayBeTheEndOfTheBody() {
    ask(HttpMethod.GET);
    answer("HTTP/1.1 200 OK\\r\\n\\r\\nabc");
    channel.pipeline().fireUserEventTriggered(SslCloseCompletionEvent.SUCCESS);
    channel.close();
    assertEquals("200abc.", seen.toString());
    assertNull(failure);
  }

  @Test
  void butNotWhereTlsWasCutOff() {
    ask(HttpMethod.GET);
    answer("HTTP/1.1 200 OK\\r\\n\\r\\nabc");
    channel
        .pipeline()
        .fireUserEventTriggered(new SslCloseCompletionEvent(new ClosedChannelException()));
    assertEquals("200abc", seen.toString());
    assertInstanceOf(BadFraming.class, failure);
  }

  @Test
  void whereThereIsNoCodecOfHttp1NothingIsChecked() {
    assertNull(ResponseFramingHandler.in(new EmbeddedChannel(new Notes()).pipeline()));
  }

  private void assertRefused() {
    assertInstanceOf(BadFraming.class, failure);
    assertFalse(channel.isOpen());
    assertFalse(framing.isReusable());
  }

  private void ask(HttpMethod method) {
    channel.writeOutbound(new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, method, "/"));
  }

  private void answer(String text) {
    channel.writeInbound(Unpooled.buffer().writeBytes(bytes(text)));
  }
}
