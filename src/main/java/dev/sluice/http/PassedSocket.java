package dev.sluice.http;

import dev.sluice.call.Failure;
import dev.sluice.framing.Answer;
import dev.sluice.framing.FramingHandler;
import dev.sluice.http.forward.Fields;
import dev.sluice.upstream.Link;
import dev.sluice.upstream.Trouble;
import dev.sluice.websocket.Handshake;
import io.netty.channel.Channel;
import io.netty.channel.ChannelPipeline;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;

/**
 * A socket that a client wants of an upstream: with 101 their connections become one pipe, with any
 * other answer it is a request like others.
 */
final class PassedSocket implements Passage.Receiver {
  private final Exchange exchange;
  private final Handshake asked;
  private final Credential credential;
  private final Means means;
  private final Delivery delivery;
  private Passage passage;
  private Pipe pipe;
  private Link link;
  private RequestLog.Pending pending;

  /**
   * What it works with.
   *
   * @param idle after so long without a byte it is closed
   */
  record Means(Responder responder, Backlog backlog, Connections connections, Duration idle) {}

  /** {@code asked} is what the upstream is to agree to. */
  PassedSocket(Exchange exchange, Handshake asked, Credential credential, Means means) {
    this.exchange = exchange;
    this.asked = asked;
    this.credential = credential;
    this.means = means;
    this.delivery = new Delivery(exchange, means.responder);
  }

  /** Whether a request asks for one, and has no body that stands before its frames. */
  static boolean isAskedFor(HttpServerRequest request) {
    return request.headers().contains(HttpHeaders.UPGRADE)
        && Handshake.isAskedFor(request.method(), request.version(), request.headers())
        && !Bodies.hasBody(request);
  }

  /** The fields that the upstream is asked with, beside those of any request. */
  void amend(MultiMap fields) {
    credential.takeOut(fields);
    boolean told = exchange.forwarded.forwardToken() && credential.authorization() != null;
    if (told && !fields.contains(HttpHeaders.AUTHORIZATION)) {
      fields.set(HttpHeaders.AUTHORIZATION, credential.authorization());
    }
    fields.set(HttpHeaders.UPGRADE, "websocket").set(HttpHeaders.CONNECTION, "Upgrade");
  }

  void by(Passage passage) {
    this.passage = passage;
    delivery.by(passage);
  }

  @Override
  public void head(Answer answer) {
    if (answer.status() == 101) open(answer);
    else delivery.head(answer);
  }

  /** What comes from now on is no HTTP, of either side. */
  private void open(Answer answer) {
    pipe = new Pipe(means.backlog, means.idle, this::closed);
    means.connections.piped(1);
    Channel channel = Backlog.channel(exchange.request);
    ChannelPipeline pipeline = channel.pipeline();
    FramingHandler framing = pipeline.get(FramingHandler.class);
    framing.grant();
    pipeline.addBefore("handler", "pipe", pipe.client());
    if (pipeline.get("idle") != null) pipeline.remove("idle");
    head(answer.fields(), exchange.response.headers());
    pending = means.responder.switched(exchange);
    exchange
        .request
        .toNetSocket()
        .onSuccess(socket -> join(framing))
        .onFailure(
            cause -> {
              passage.abandon();
              pipe.abort();
            });
  }

  private void head(MultiMap from, MultiMap to) {
    Fields.ofResponse(from, to, exchange.forwarded, false);
    to.remove(HttpHeaders.CONTENT_LENGTH); // RFC 9110 §8.6
    to.set(HttpHeaders.UPGRADE, "websocket").set(HttpHeaders.CONNECTION, "Upgrade");
    boolean chosen = to.contains("sec-websocket-protocol");
    if (credential.isProtocol() && !chosen) to.set("sec-websocket-protocol", Credential.BEARER);
  }

  private void join(FramingHandler framing) {
    link = passage.handOver(pipe.upstream());
    if (link == null) { // the upstream broke meanwhile
      pipe.abort();
      return;
    }
    framing.stepAside();
    pipe.open();
  }

  private void closed() {
    means.connections.piped(-1);
    if (link != null) link.give(false);
    pending.end(pipe.received(), pipe.sent());
  }

  @Override
  public void hints(MultiMap fields) {
    delivery.hints(fields);
  }

  @Override
  public boolean chunk(Buffer chunk) {
    return delivery.chunk(chunk);
  }

  @Override
  public void end(MultiMap trailers) {
    delivery.end(trailers);
  }

  @Override
  public void fail(Failure failure, Trouble trouble) {
    delivery.fail(failure, trouble);
  }

  @Override
  public void breakOff() {
    delivery.breakOff();
  }
}
