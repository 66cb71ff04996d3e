package dev.sluice.realtime.channel;

import dev.sluice.websocket.Frame;
import io.vertx.core.buffer.Buffer;
import java.util.function.Function;

/** An event as clients are sent it, encoded once in each form for all of an event loop. */
public final class Telling {
  private static final int FORMS = 4;

  private final ChannelEvent event;
  private Buffer block;
  private final Frame[] frames = new Frame[FORMS];

  Telling(ChannelEvent event) {
    this.event = event;
  }

  public ChannelEvent event() {
    return event;
  }

  EventId id() {
    return event.id();
  }

  /** The event as a server-sent one (WHATWG HTML §9.2), its data in a form of frames. */
  public Buffer block(Function<ChannelEvent, String> written) {
    if (block == null) {
      block = Buffer.buffer("id: " + event.id() + "\ndata: " + written.apply(event) + "\n\n");
    }
    return block;
  }

  /** The event in a form of frames, which is written where nobody has asked for it yet. */
  public Frame frame(Enum<?> form, Function<ChannelEvent, String> written) {
    Frame frame = frames[form.ordinal()];
    if (frame == null) {
      frame = Frame.text(written.apply(event));
      frames[form.ordinal()] = frame;
    }
    return frame;
  }
}
