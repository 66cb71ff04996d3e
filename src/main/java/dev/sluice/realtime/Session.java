package dev.sluice.realtime;

import dev.sluice.call.Caller;
import dev.sluice.call.Failure;
import dev.sluice.conf.Nearest;
import dev.sluice.contract.json.JsonSettings;
import dev.sluice.contract.json.StrictJson;
import dev.sluice.websocket.CloseCode;
import dev.sluice.websocket.Frame;
import dev.sluice.websocket.WebSocket;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One client's socket and who is behind it. On the event loop of its connection. */
public final class Session implements WebSocket.Listener, Sessions.Attended {
  private static final Logger LOG = LoggerFactory.getLogger(Session.class);

  /** Does what frames of one type ask for. What it throws, the client is told. */
  public interface Handler {
    void handle(Session session, Message message);
  }

  /** Whether its caller may go on. */
  public interface Standing {
    /** True where that is known at once. */
    boolean isGood();

    /** Finds out; fails where it may not. */
    Future<?> check();
  }

  /**
   * What a session works with.
   *
   * @param envelope of its frames; null where each message is sent back as it came
   * @param handlers by the types of frames
   * @param errors what a client is told of a failure, as JSON
   */
  public record Means(
      Envelope envelope,
      SocketSettings settings,
      JsonSettings json,
      Map<String, Handler> handlers,
      Function<Failure, Object> errors) {}

  private final WebSocket socket;
  private Caller caller;
  private final Watch watch;
  private final Means means;
  private final Bucket bucket;
  private final List<Runnable> onEnd = new ArrayList<>(2);
  private final List<Runnable> onDrained = new ArrayList<>(2);
  private boolean reads; // it has, since it was looked after
  private int refused; // messages one after another
  private long heardAt = System.nanoTime();
  private long readAt = heardAt; // when it was last seen to take what it is sent
  private long askedAt = heardAt;
  private boolean over;

  Session(WebSocket socket, Caller caller, Standing standing, Means means) {
    this.socket = socket;
    this.caller = caller;
    this.watch = new Watch(standing, why -> close(Codes.UNAUTHORIZED, why.getMessage()));
    this.means = means;
    this.bucket = new Bucket(means.settings.messages(), means.settings.burst(), heardAt);
  }

  public Caller caller() {
    return caller;
  }

  /** The same user with another token, which may let it do other things. */
  public void callsAs(Caller now) {
    caller = now;
  }

  @Override
  public boolean isOver() {
    return over;
  }

  /** Something to do when it is over. */
  public void onEnd(Runnable action) {
    if (over) action.run();
    else onEnd.add(action);
  }

  /** Sends a frame; who does not take what it is sent is closed. */
  public void send(String type, Object said, String requestId) {
    if (!over) answer(Frame.text(means.envelope.write(type, said, requestId)));
  }

  /** One frame may always wait, however large it is. */
  private void answer(Frame frame) {
    if (socket.holds(means.settings.outbox().bytes())) {
      close(Codes.TOO_SLOW, "what you are sent waits too long");
      socket.drop();
    } else {
      socket.send(frame);
    }
  }

  /** Tells why something that was asked for is not done. */
  public void refuse(Throwable cause, String requestId) {
    if (!(cause instanceof Failure)) LOG.error("a frame failed", cause);
    send("ERROR", means.errors.apply(Failure.from(cause)), requestId);
  }

  /** Sends what was encoded for many. */
  void send(Frame frame) {
    if (!over) socket.send(frame);
  }

  /** Whether what it was sent waits for it to be taken. */
  public boolean isFull() {
    return socket.isFull();
  }

  Envelope envelope() {
    return means.envelope;
  }

  SocketSettings settings() {
    return means.settings;
  }

  /** Something to do whenever it takes more again; what is given takes that back. */
  public Runnable onDrained(Runnable action) {
    onDrained.add(action);
    return () -> onDrained.remove(action);
  }

  @Override
  public void drained() {
    reads = true;
    List.copyOf(onDrained).forEach(Runnable::run);
  }

  public void close(int code, String reason) {
    if (over) return;
    socket.close(code, reason);
    end();
  }

  @Override
  public void message(boolean text, Buffer payload) {
    heardAt = System.nanoTime();
    if (means.envelope == null) {
      echo(text, payload.getBytes());
      return;
    }
    if (!text) {
      close(CloseCode.UNSUPPORTED_DATA, "frames are JSON, in texts");
      return;
    }
    String requestId = null;
    try {
      count();
      Message message = means.envelope.read(StrictJson.read(payload, means.json), payload);
      requestId = message.requestId();
      handler(message.type()).handle(this, message);
    } catch (RuntimeException refused) {
      if (!over) refuse(refused, requestId);
    }
  }

  /** As it is: a few bytes may have been a large message, and compressing that costs. */
  private void echo(boolean text, byte[] payload) {
    if (bucket.take(heardAt)) answer(Frame.plain(text, payload));
    else close(Codes.TOO_MANY, "too many messages");
  }

  private void count() {
    if (bucket.take(heardAt)) {
      refused = 0;
      return;
    }
    if (++refused > means.settings.burst()) {
      close(Codes.TOO_MANY, "too many messages");
    }
    throw Failure.of(
            Failure.Category.RATE_LIMIT,
            "RATE_LIMIT_EXCEEDED",
            "More than " + means.settings.messages() + " messages in a second.")
        .suggest("Send fewer; who goes on is disconnected.");
  }

  private Handler handler(String type) {
    Handler handler = means.handlers.get(type);
    if (handler != null) return handler;
    String hint = Nearest.hint(type, means.handlers.keySet());
    throw Failure.of(
            Failure.Category.VALIDATION, "UNKNOWN_TYPE", "There are no frames " + type + hint + ".")
        .suggest(
            "Types are " + String.join(", ", means.handlers.keySet().stream().sorted().toList()));
  }

  @Override
  public void alive(boolean ping) {
    heardAt = System.nanoTime();
    if (ping && !bucket.take(heardAt) && ++refused > means.settings.burst()) {
      close(Codes.TOO_MANY, "too many pings");
    }
  }

  @Override
  public void closed(int code, String reason) {
    end();
  }

  private void end() {
    if (over) return;
    over = true;
    onEnd.forEach(Runnable::run);
    onEnd.clear();
  }

  @Override
  public void goAway() {
    close(CloseCode.GOING_AWAY, "the gateway is going away; come back");
  }

  /** Looks after it: asks who has said nothing for long, and gives up who does not answer. */
  @Override
  public void tick(long now) {
    long quiet = now - heardAt;
    if (quiet > means.settings.idleTimeout().toNanos()) {
      close(Codes.SILENT, "nothing was heard of you");
    } else if (quiet > means.settings.heartbeat().toNanos()
        && now - askedAt > means.settings.heartbeat().toNanos()) {
      askedAt = now;
      socket.ping();
    }
    lookWhetherItReads(now);
    if (!over) watch.look();
  }

  private void lookWhetherItReads(long now) {
    if (!socket.isFull() || reads) readAt = now;
    reads = false;
    if (now - readAt > means.settings.slow().toNanos()) {
      close(Codes.TOO_SLOW, "you do not read what you are sent");
      socket.drop();
    }
  }
}
