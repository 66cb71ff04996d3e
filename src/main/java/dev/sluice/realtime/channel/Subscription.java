package dev.sluice.realtime.channel;

import dev.sluice.call.Caller;
import dev.sluice.realtime.channel.ChannelKind.Traits;
import dev.sluice.realtime.channel.Channels.Page;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What one client hears of one channel: each event once, in order. Who does not keep up, has come
 * back, or has missed something for any other reason reads on from the history, as fast as it takes
 * it: nothing is kept for it meanwhile. On its client's event loop.
 */
public final class Subscription {
  private static final int PAGE = 50;
  private static final int COALESCED_PAGE = 200;

  private final Feed feed;
  private final String channel;
  private final Caller caller;
  private final Traits traits;
  private final Listener listener;
  private EventId last; // that it was told; null where that is not known
  private EventId newest = EventId.NONE; // that it is to be told, while it is behind; else null
  private boolean begun;
  private boolean reading;
  private boolean over;

  /** A client. */
  public interface Listener {
    /** Whether it is not to be sent more at the moment; {@link Subscription#drained} ends that. */
    boolean isFull();

    void event(Subscription subscription, Telling telling);

    /** What came before {@code last} and has not been told is lost. */
    void resync(Subscription subscription, EventId last);
  }

  Subscription(Feed feed, String channel, Caller caller, Traits traits, Listener listener) {
    this.feed = feed;
    this.channel = channel;
    this.caller = caller;
    this.traits = traits;
    this.listener = listener;
  }

  public String channel() {
    return channel;
  }

  Caller caller() {
    return caller;
  }

  public Traits traits() {
    return traits;
  }

  /** The last event that it was told; null where that is not known. */
  public EventId last() {
    return last;
  }

  /**
   * Begins behind an event, or where {@code after} is null with the next that comes; false where it
   * is over by now.
   */
  boolean begin(EventId after, EventId newestNow) {
    begun = !over;
    last = after == null ? newestNow : after;
    if (newestNow != null && newestNow.compareTo(newest) > 0) newest = newestNow;
    boolean known = last == null || newest.compareTo(last) <= 0;
    if (known && (after == null || after.equals(newestNow))) newest = null;
    else read();
    return begun;
  }

  boolean hasBegun() {
    return begun;
  }

  void event(Telling telling) {
    EventId id = telling.id();
    if (over) return;
    if (id == null) {
      if (!listener.isFull()) listener.event(this, telling);
    } else if (newest != null) {
      if (id.compareTo(newest) > 0) newest = id;
    } else if (last == null || id.follows(last)) {
      if (listener.isFull()) {
        if (last == null) last = id.before();
        newest = id;
      } else {
        last = id;
        listener.event(this, telling);
      }
    } else if (id.compareTo(last) > 0) {
      newest = id;
      read();
    }
  }

  /** Its client takes more again. */
  public void drained() {
    if (newest != null) read();
  }

  /** Something may have been missed. */
  void look() {
    if (newest == null) newest = EventId.NONE;
    read();
  }

  private void read() {
    if (over || reading || listener.isFull()) return;
    reading = true;
    EventId goal = newest;
    int count = traits.coalesces() ? COALESCED_PAGE : PAGE;
    feed.read(channel, last == null ? EventId.NONE : last, count)
        .onComplete(
            page -> {
              reading = false;
              if (!over && take(page)) caughtUp(goal, page.events().size() < count);
            },
            away -> {
              reading = false; // it is told to look when Redis is back; but it may only be busy
              feed.later(this::drained);
            });
  }

  /** Whether its client has taken all of it. */
  private boolean take(Page page) {
    if (last == null || page.gap()) {
      boolean goesOn = traits.coalesces() && !page.events().isEmpty();
      last = goesOn ? page.events().get(0).id().before() : page.last();
      listener.resync(this, last);
      if (!goesOn) return true;
    }
    for (ChannelEvent event : traits.coalesces() ? newestOfEach(page.events()) : page.events()) {
      if (over || listener.isFull()) return false;
      last = event.id();
      listener.event(this, new Telling(event));
    }
    return true;
  }

  /** What was heard of meanwhile may not have been in what was read. */
  private void caughtUp(EventId goal, boolean all) {
    if (all && (last.compareTo(newest) >= 0 || newest.equals(goal))) newest = null;
    else read();
  }

  private static List<ChannelEvent> newestOfEach(List<ChannelEvent> events) {
    Map<String, ChannelEvent> byType = new LinkedHashMap<>();
    for (ChannelEvent event : events) {
      byType.remove(event.type()); // so that they stay in order
      byType.put(event.type(), event);
    }
    return new ArrayList<>(byType.values());
  }

  /** Hears no more. */
  public void end() {
    if (over) return;
    over = true;
    feed.remove(this);
  }
}
