package dev.sluice.framing;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpScheme;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameListener;
import io.netty.handler.codec.http2.Http2FrameListenerDecorator;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.AsciiString;
import java.util.List;
import java.util.Map;

/**
 * Holds the heads of HTTP/2 requests to what {@link Head} holds those of HTTP/1.1 to, so that no
 * upstream reads them another way: what is malformed ends its stream alone (RFC 9113 §8.1.1). What
 * is sound is put as HTTP/1.1 puts it.
 */
final class RequestCheck extends Http2FrameListenerDecorator {
  private static final AsciiString ALL = AsciiString.cached("*");

  private final Streams streams;

  RequestCheck(Http2FrameListener to, Streams streams) {
    super(to);
    this.streams = streams;
  }

  @Override
  public void onHeadersRead(
      ChannelHandlerContext context, int id, Http2Headers headers, int padding, boolean end)
      throws Http2Exception {
    head(id, headers, end);
    super.onHeadersRead(context, id, headers, padding, end);
  }

  @Override
  public void onHeadersRead(
      ChannelHandlerContext context,
      int id,
      Http2Headers headers,
      int dependency,
      short weight,
      boolean exclusive,
      int padding,
      boolean end)
      throws Http2Exception {
    head(id, headers, end);
    super.onHeadersRead(context, id, headers, dependency, weight, exclusive, padding, end);
  }

  @Override
  public void onWindowUpdateRead(ChannelHandlerContext context, int id, int increment)
      throws Http2Exception {
    streams.widened(id);
    super.onWindowUpdateRead(context, id, increment);
  }

  private void head(int id, Http2Headers headers, boolean end) throws Http2Exception {
    if (headers.method() != null && streams.areTooMany()) { // RFC 9113 §8.7: nothing is done yet
      throw Http2Exception.streamError(id, Http2Error.REFUSED_STREAM, "there are too many streams");
    }
    String fault = fault(headers);
    if (fault != null) throw Http2Exception.streamError(id, Http2Error.PROTOCOL_ERROR, fault);
    if (headers.authority() != null) headers.remove(HttpHeaderNames.HOST); // it says the same
    List<CharSequence> cookies = headers.getAll(HttpHeaderNames.COOKIE);
    if (cookies.size() > 1) { // RFC 9113 §8.2.3
      headers.set(HttpHeaderNames.COOKIE, new AsciiString(String.join("; ", cookies)));
    }
    if (!end && !headers.contains(HttpHeaderNames.CONTENT_LENGTH)) { // a body of unknown length
      headers.set(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
    }
  }

  private static String fault(Http2Headers headers) {
    for (Map.Entry<CharSequence, CharSequence> field : headers) {
      AsciiString name = AsciiString.of(field.getKey());
      if (name.byteAt(0) != ':' && !Grammar.isSmallToken(name)) {
        return "a field has no proper name (RFC 9113 §8.2.1)";
      }
      if (!Grammar.isTrimmedFieldValue(AsciiString.of(field.getValue()))) {
        return "a field has no proper value (RFC 9113 §8.2.1)";
      }
    }
    return requestLine(headers);
  }

  /**
   * Those of the pseudo-header fields that are there; the door misses the others (§8.3.1). Trailers
   * have none.
   */
  private static String requestLine(Http2Headers headers) {
    CharSequence method = headers.method();
    if (method != null && !Grammar.isToken(AsciiString.of(method))) return ":method is no token";
    CharSequence scheme = headers.scheme();
    if (scheme != null && !isHttp(scheme)) return ":scheme is neither http nor https";
    CharSequence path = headers.path();
    boolean all = HttpMethod.OPTIONS.asciiName().equals(method) && ALL.equals(path);
    if (path != null && !all && !Grammar.isRooted(AsciiString.of(path))) {
      return ":path is no path from the root (RFC 3986 §3.3)";
    }
    return authority(headers);
  }

  private static boolean isHttp(CharSequence scheme) {
    return HttpScheme.HTTP.name().contentEqualsIgnoreCase(scheme)
        || HttpScheme.HTTPS.name().contentEqualsIgnoreCase(scheme);
  }

  private static String authority(Http2Headers headers) {
    List<CharSequence> hosts = headers.getAll(HttpHeaderNames.HOST);
    if (hosts.size() > 1) return "there are two Host fields (RFC 9110 §7.2)";
    CharSequence host = hosts.isEmpty() ? null : hosts.get(0);
    CharSequence authority = headers.authority() == null ? host : headers.authority();
    if (authority == null) return null;
    if (!Grammar.isHost(AsciiString.of(authority))) return "no host is named (RFC 9110 §7.2)";
    boolean same = host == null || AsciiString.contentEqualsIgnoreCase(host, authority);
    return same ? null : ":authority and Host are not the same (RFC 9113 §8.3.1)";
  }
}
