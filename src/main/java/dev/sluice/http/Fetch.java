package dev.sluice.http;

import dev.sluice.cache.http.Head;
import dev.sluice.cache.http.HttpCache;
import dev.sluice.cache.http.Plan;
import dev.sluice.cache.http.Stored;
import dev.sluice.cache.http.Use;
import dev.sluice.call.Failure;
import dev.sluice.http.forward.RouteSettings;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.internal.ContextInternal;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * One GET that a cache sends on, for whoever asks the same meanwhile: what may be stored is
 * collected while it is passed on, and those who come in the middle get what there is so far and
 * the rest as it comes. All but {@link #join} runs on its event loop.
 */
final class Fetch implements Passage.Receiver {
  private static final long WINDOW = 256 * 1024;

  /**
   * What it is for.
   *
   * @param stale the stored response that is to be validated, or null
   * @param mayStore whether it is worth asking for a whole response to store it
   * @param forwarded why it is sent on, as Cache-Status says it (RFC 9211 §2.2)
   * @param done told once when nobody can join it any more
   */
  record Purpose(
      HttpCache cache,
      RouteSettings route,
      Plan.Request request,
      Stored stale,
      boolean mayStore,
      String forwarded,
      Consumer<Fetch> done) {}

  /** Makes a passage for it, which is still to begin. */
  interface Sender {
    Passage send(Fetch fetch);
  }

  private final ContextInternal context;
  private final Purpose purpose;
  private final HttpCache cache;
  private final Sender sender;
  private final List<Reader> readers = new ArrayList<>(2);
  private Stored stale;
  private Passage passage;
  private Plan plan;
  private Stored head;
  private String length;
  private List<Buffer> body;
  private long size;
  private Delivery direct;
  private Reader directReader;
  private boolean over;

  Fetch(ContextInternal context, Purpose purpose, Sender sender) {
    this.context = context;
    this.purpose = purpose;
    this.cache = purpose.cache;
    this.stale = purpose.stale;
    this.sender = sender;
  }

  /** Starts; {@code leader} is null where nobody waits, as while a stale response is refreshed. */
  void depart(Reader leader) {
    if (leader != null) admit(leader);
    ask();
  }

  private void ask() {
    passage = sender.send(this);
    passage.begin();
  }

  /** Makes the request one for a whole response, on the condition that a stored one is no more. */
  void amend(MultiMap fields) {
    fields.remove("range");
    fields.remove("if-range");
    if (!purpose.mayStore) return;
    fields.remove(HttpHeaders.IF_NONE_MATCH);
    fields.remove(HttpHeaders.IF_MODIFIED_SINCE);
    if (stale == null) return; // RFC 9111 §4.3.1
    if (stale.etag() != null) fields.set(HttpHeaders.IF_NONE_MATCH, stale.etag());
    if (stale.modifiedField() != null) {
      fields.set(HttpHeaders.IF_MODIFIED_SINCE, stale.modifiedField());
    }
  }

  /** Takes in another client, or sends it aside. Any thread. */
  void join(Reader reader) {
    if (context.inThread()) joinHere(reader);
    else context.runOnContext(v -> joinHere(reader));
  }

  private void joinHere(Reader reader) {
    boolean passed = head == null && direct != null;
    if (over || passed || head != null && !suits(reader)) {
      reader.run(reader::sendAside);
      return;
    }
    admit(reader);
    if (head != null) begin(reader, System.currentTimeMillis());
  }

  private void admit(Reader reader) {
    readers.add(reader);
    reader.run(() -> reader.exchange.onGone(() -> left(reader)));
  }

  /** Whether the answer that has begun is this client's too, from its beginning. */
  private boolean suits(Reader reader) {
    return body != null && plan.suits(reader.exchange.request.headers());
  }

  private void left(Reader reader) {
    reader.run(reader::gone);
    if (context.inThread()) leftHere(reader);
    else context.runOnContext(v -> leftHere(reader));
  }

  /** The last one to leave takes it along, unless it is being stored. */
  private void leftHere(Reader reader) {
    if (!readers.remove(reader) || over) return;
    boolean worthIt = !readers.isEmpty() || body != null;
    if (worthIt && reader != directReader) drained();
    else giveUp();
  }

  private void giveUp() {
    finish();
    passage.abandon();
  }

  @Override
  public void hints(MultiMap fields) {
    each(reader -> reader.hints(fields));
  }

  @Override
  public void head(HttpClientResponse answer) {
    long now = System.currentTimeMillis();
    int status = answer.statusCode();
    if (stale != null && status == 304) {
      validated(answer, now);
      return;
    }
    if (stale != null && isError(status) && mayBridge(false, now)) {
      bridge(status, now);
      return;
    }
    Head received =
        new Head(status, answer.statusMessage(), StoredFields.of(answer.headers(), purpose.route));
    plan = Plan.of(purpose.request, received, now, cache.settings().heuristic());
    length = answer.getHeader(HttpHeaders.CONTENT_LENGTH);
    if (plan == null || isTooLarge(length)) {
      pass(answer, now);
      return;
    }
    body = new ArrayList<>();
    head = Stored.of(plan, Buffer.buffer());
    for (Reader reader : List.copyOf(readers)) {
      if (suits(reader)) begin(reader, now);
      else sendAside(reader);
    }
  }

  /** What is not stored goes straight to the one it was asked for. */
  private void pass(HttpClientResponse answer, long now) {
    plan = null;
    cache.pass(purpose.request.key(), now);
    directReader = readers.isEmpty() || readers.get(0).collapsed ? null : readers.get(0);
    for (Reader reader : List.copyOf(readers)) if (reader != directReader) sendAside(reader);
    if (directReader == null) {
      giveUp();
      return;
    }
    Exchange exchange = directReader.exchange;
    direct = directReader.delivery(passage);
    unregister();
    exchange.cacheStatus = purpose.forwarded;
    direct.head(answer);
    exchange.response.headers().add("cache-status", "Sluice; " + exchange.cacheStatus);
  }

  /** The origin holds on to what is stored (RFC 9111 §4.3.4). */
  private void validated(HttpClientResponse answer, long now) {
    String etag = answer.getHeader(HttpHeaders.ETAG);
    if (etag != null && stale.etag() != null && !isSame(etag, stale.etag())) {
      cache.drop(stale); // it speaks of another response: ask for that
      stale = null;
      passage.abandon();
      ask();
      return;
    }
    Stored fresh =
        cache.freshen(
            stale, purpose.request, StoredFields.of(answer.headers(), purpose.route), now);
    serveAll(fresh, purpose.forwarded + "; fwd-status=304", now);
    passage.drain();
  }

  private static boolean isSame(String one, String other) {
    return bare(one).equals(bare(other));
  }

  private static String bare(String etag) {
    return etag.startsWith("W/") ? etag.substring(2) : etag;
  }

  private void begin(Reader reader, long now) {
    String status = purpose.forwarded + (reader.collapsed ? "; collapsed" : "") + "; stored";
    List<Buffer> soFar = List.copyOf(body);
    soFar.forEach(reader::expect);
    reader.onDrain(() -> context.runOnContext(v -> drained()));
    reader.run(
        () -> {
          if (reader.begin(head, length, status, now)) soFar.forEach(reader::chunk);
          else left(reader);
        });
  }

  @Override
  public boolean chunk(Buffer chunk) {
    if (direct != null) return direct.chunk(chunk);
    if (over) return true;
    size += chunk.length();
    if (body != null && size > maxEntry()) tooLarge();
    if (body != null) body.add(chunk);
    for (Reader reader : List.copyOf(readers)) {
      if (reader.backlog() > maxEntry()) {
        readers.remove(reader); // it cannot keep up with the others
        reader.run(reader::breakOff);
      } else {
        reader.expect(chunk);
        reader.run(() -> reader.chunk(chunk));
      }
    }
    return body != null || !isFull();
  }

  /** From here on it is only passed on, as fast as the first of its clients takes it. */
  private void tooLarge() {
    body = null;
    unregister();
    cache.pass(purpose.request.key(), System.currentTimeMillis());
    if (readers.isEmpty()) giveUp();
  }

  private boolean isFull() {
    return !readers.isEmpty() && readers.get(0).backlog() > WINDOW;
  }

  private void drained() {
    if (!over && !isFull()) passage.resume();
  }

  @Override
  public void end(MultiMap trailers) {
    if (direct != null) {
      finish();
      direct.end(trailers);
      return;
    }
    if (over) return;
    if (body != null) {
      Buffer whole = Buffer.buffer((int) size);
      body.forEach(whole::appendBuffer);
      cache.store(Stored.of(plan, whole));
    }
    finish();
    each(Reader::end);
  }

  @Override
  public void fail(Failure failure, boolean outOfReach) {
    if (over) return;
    long now = System.currentTimeMillis();
    if (stale != null && mayBridge(outOfReach, now)) {
      bridge(0, now);
      return;
    }
    finish();
    if (direct != null) direct.fail(failure, outOfReach);
    else each(reader -> reader.fail(failure));
  }

  @Override
  public void breakOff() {
    finish();
    if (direct != null) direct.breakOff();
    else each(Reader::breakOff);
  }

  private boolean isTooLarge(String length) {
    try {
      return length != null && Long.parseLong(length) > maxEntry();
    } catch (NumberFormatException beyondAll) {
      return true;
    }
  }

  private static boolean isError(int status) {
    return status == 500 || status == 502 || status == 503 || status == 504;
  }

  private boolean mayBridge(boolean outOfReach, long now) {
    long millis = cache.settings().bridge().toMillis();
    return Use.bridges(stale, purpose.request.asked(), outOfReach, millis, now);
  }

  private void bridge(int status, long now) {
    cache.countStale();
    String told = status == 0 ? "" : "; fwd-status=" + status;
    serveAll(stale, "fwd=stale" + told + "; detail=stale-if-error", now);
    if (status != 0) passage.drain();
  }

  private void serveAll(Stored stored, String status, long now) {
    finish();
    each(
        reader -> {
          String told = status + (reader.collapsed ? "; collapsed" : "");
          if (stored.plan().suits(reader.exchange.request.headers())) {
            reader.serve(stored, told, now);
          } else {
            reader.sendAside();
          }
        });
  }

  /** Over a copy: what is done to a client may show that it has left, and then it is taken out. */
  private void each(Consumer<Reader> action) {
    for (Reader reader : List.copyOf(readers)) reader.run(() -> action.accept(reader));
  }

  private void sendAside(Reader reader) {
    readers.remove(reader);
    reader.run(reader::sendAside);
  }

  private long maxEntry() {
    return cache.settings().maxEntry().bytes();
  }

  private void unregister() {
    purpose.done.accept(this);
  }

  private void finish() {
    if (over) return;
    over = true;
    unregister();
  }
}
