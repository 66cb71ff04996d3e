package dev.sluice.framing;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2ConnectionHandlerBuilder;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameAdapter;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RequestCheckTest {
  private final OpenStreams one = new OpenStreams(1);

  private final Http2ConnectionHandler codec =
      new Http2ConnectionHandlerBuilder()
          .server(true)
          .frameListener(new Http2FrameAdapter())
          .build();
  private final EmbeddedChannel channel = new EmbeddedChannel(codec);
  private final RequestCheck check =
      new RequestCheck(new Http2FrameAdapter(), new Streams(codec, one));

  @AfterEach
  void close() {
    channel.finishAndReleaseAll();
  }

  /** The codec counts a stream before it is looked at. */
  @Test
  void requestsBeyondWhatThereIsRoomForAreRefusedUndone() throws Http2Exception {
    Http2Stream first = codec.connection().remote().createStream(1, true);
    assertDoesNotThrow(() -> head(1));
    codec.connection().remote().createStream(3, true);
    Http2Exception refused = assertThrows(Http2Exception.class, () -> head(3));
    assertEquals(Http2Error.REFUSED_STREAM, refused.error());
    assertEquals(3, Http2Exception.streamId(refused));
    first.close();
    assertDoesNotThrow(() -> head(3));
  }

  /** Of a request that is under way already: what is ended needs no more room. */
  @Test
  void trailersAreNotRefused() throws Http2Exception {
    codec.connection().remote().createStream(1, false);
    codec.connection().remote().createStream(3, false);
    Http2Headers trailers = new DefaultHttp2Headers().add("x-sum", "1");
    assertDoesNotThrow(() -> check.onHeadersRead(null, 1, trailers, 0, true));
  }

  private void head(int id) throws Http2Exception {
    Http2Headers get =
        new DefaultHttp2Headers().method("GET").scheme("http").authority("a").path("/");
    check.onHeadersRead(null, id, get, 0, true);
  }
}
