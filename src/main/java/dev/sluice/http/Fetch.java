package dev.sluice.http;

import dev.sluice.cache.http.Head;
import dev.sluice.cache.http.HttpCache;
import dev.sluice.cache.http.HttpCache.Result;
import dev.sluice.cache.http.Plan;
import dev.sluice.cache.http.Stored;
import dev.sluice.call.Failure;
import dev.sluice.framing.Answer;
import dev.sluice.http.forward.RouteSettings;
import dev.sluice.upstream.Trouble;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.internal.ContextInternal;
import java.util.List;
import java.util.function.Consumer;

/**
 * One GET that a cache sends on, for whoever asks the same meanwhile: what may be stored is
 * collected while it is passed on, and those who come in the middle get what there is so far and
 * the rest as it comes. All but {@link #join} runs on its event loop.
 */
final class Fetch implements Passage.Receiver {
  /**
   * What it is for.
   *
   * @param stale the stored response that is to be validated, or null
   * @param whole whether it is worth asking for a whole response to store it
   * @param forwarded why it is sent on, as Cache-Status says it (RFC 9211 §2.2)
   * @param done told once when nobody can join it any more
   */
  record Purpose(
      HttpCache cache,
      RouteSettings route,
      Plan.Request request,
      Stored stale,
      boolean whole,
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
  private final Audience audience = new Audience();
  private Stored stale;
  private Passage passage;
  private Plan plan;
  private Stored first;
  private Stored head;
  private String length;
  private Collected body;
  private boolean storing;
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
    passage = sender.send(this);
    if (leader != null) admit(leader);
    if (!over) passage.begin();
  }

  /** Makes the request one for a whole response, on the condition that a stored one is no more. */
  void amend(MultiMap fields) {
    fields.remove("range");
    fields.remove("if-range");
    if (!purpose.whole) return;
    fields.remove(HttpHeaders.IF_NONE_MATCH);
    fields.remove(HttpHeaders.IF_MODIFIED_SINCE);
    if (stale == null) return; // RFC 9111 §4.3.1
    if (stale.etag() != null) fields.set(HttpHeaders.IF_NONE_MATCH, stale.etag());
    if (stale.modifiedField() != null) {
      fields.set(HttpHeaders.IF_MODIFIED_SINCE, stale.modifiedField());
    }
  }

  /** Whether something has made its answer stale before it is there. Any thread. */
  boolean isOutdated() {
    return cache.isOutdated(purpose.request.key(), purpose.request.epoch());
  }

  /** Takes in another client, or sends it aside. Any thread. */
  void join(Reader reader) {
    if (context.inThread()) joinHere(reader);
    else context.runOnContext(v -> joinHere(reader));
  }

  private void joinHere(Reader reader) {
    boolean passed = head == null && direct != null;
    long now = System.currentTimeMillis();
    if (over || passed || head != null && !(storing && isFor(reader, head, now))) {
      String variant = variant(reader, now);
      reader.run(() -> reader.sendAside(variant));
      return;
    }
    admit(reader);
    if (head != null) begin(reader, now);
  }

  private void admit(Reader reader) {
    audience.add(reader);
    reader.run(() -> reader.exchange.onGone(() -> left(reader)));
  }

  /** Whether an answer is this client's too. */
  private boolean isFor(Reader reader, Stored answer, long now) {
    return !reader.collapsed
        || answer != null && cache.isFor(answer, reader.exchange.request.headers(), now);
  }

  private void left(Reader reader) {
    reader.run(reader::gone);
    if (context.inThread()) leftHere(reader);
    else context.runOnContext(v -> leftHere(reader));
  }

  /** The last one to leave takes it along, unless it is being stored. */
  private void leftHere(Reader reader) {
    if (!audience.remove(reader)) return;
    boolean worthIt = !audience.isEmpty() || storing;
    if (over || worthIt && reader != directReader) drained();
    else giveUp();
  }

  private void giveUp() {
    finish();
    passage.abandon();
  }

  @Override
  public void hints(MultiMap fields) {
    audience.hints(fields);
  }

  @Override
  public void head(Answer answer) {
    long now = System.currentTimeMillis();
    int status = answer.status();
    if (stale != null && status == 304) {
      validated(answer, now);
      return;
    }
    if (stale != null && isError(status) && bridges(false, now)) {
      bridge(status, false, now);
      return;
    }
    MultiMap fields = StoredFields.of(answer, purpose.route, now);
    Head received = new Head(status, answer.reason(), fields);
    plan = Plan.of(purpose.request, received, now, cache.settings().heuristic());
    length = answer.field(HttpHeaders.CONTENT_LENGTH);
    if (plan == null || answer.length() > maxEntry()) {
      pass(answer, now);
      return;
    }
    body = new Collected(cache);
    storing = true;
    head = Stored.of(plan, Buffer.buffer());
    first = Stored.first(plan, fields);
    if (!cache.isShared(head, now)) cache.pass(purpose.request.key(), now);
    for (Reader reader : audience.all()) {
      if (isFor(reader, head, now)) begin(reader, now);
      else sendAside(reader);
    }
  }

  /** What is not stored goes straight to the one it was asked for. */
  private void pass(Answer answer, long now) {
    plan = null;
    boolean always = !purpose.request.asked().noStore() && !purpose.request.asked().authorized();
    if (always && answer.status() < 500) cache.pass(purpose.request.key(), now);
    directReader = audience.leader();
    for (Reader reader : audience.all()) if (reader != directReader) sendAside(reader);
    if (directReader == null) {
      giveUp();
      return;
    }
    cache.count(Result.MISS);
    Exchange exchange = directReader.exchange;
    direct = directReader.delivery(passage);
    unregister();
    exchange.cacheStatus = purpose.forwarded;
    direct.head(answer);
    exchange.response.headers().add("cache-status", "Sluice; " + exchange.cacheStatus);
  }

  /** The origin holds on to what is stored (RFC 9111 §4.3.4). */
  private void validated(Answer answer, long now) {
    if (isOfAnother(answer)) {
      cache.drop(stale); // ask for what it speaks of
      stale = null;
      passage.abandon();
      passage = sender.send(this);
      passage.begin();
      return;
    }
    MultiMap fields = StoredFields.of(answer, purpose.route, now);
    HttpCache.Renewed renewed = cache.freshen(stale, purpose.request, fields, now);
    finish();
    String status = purpose.forwarded + "; fwd-status=304";
    for (Reader reader : audience.all()) {
      boolean its = isFor(reader, renewed.kept(), now);
      if (!its) sendAside(reader);
      else serve(reader, reader.collapsed ? renewed.kept() : renewed.own(), status, now);
    }
    passage.drain();
  }

  private boolean isOfAnother(Answer answer) {
    String etag = answer.field(HttpHeaders.ETAG);
    if (etag != null) return stale.etag() != null && !bare(etag).equals(bare(stale.etag()));
    String modified = answer.field(HttpHeaders.LAST_MODIFIED);
    return modified != null && !modified.equals(stale.modifiedField()) && stale.etag() == null;
  }

  private static String bare(String etag) {
    return etag.startsWith("W/") ? etag.substring(2) : etag;
  }

  private void serve(Reader reader, Stored stored, String status, long now) {
    cache.count(reader.collapsed ? Result.COLLAPSED : Result.MISS);
    String told = told(reader, status);
    reader.run(() -> reader.serve(stored, told, now));
  }

  private static String told(Reader reader, String status) {
    return reader.collapsed ? status + "; collapsed" : status;
  }

  private void begin(Reader reader, long now) {
    cache.count(reader.collapsed ? Result.COLLAPSED : Result.MISS);
    String status = told(reader, purpose.forwarded) + "; stored";
    Stored its = reader.collapsed ? head : first;
    List<Buffer> soFar = body.parts();
    soFar.forEach(reader::expect);
    reader.onDrain(() -> context.runOnContext(v -> drained()));
    reader.run(
        () -> {
          if (reader.begin(its, length, status, now)) soFar.forEach(reader::chunk);
          else left(reader);
        });
  }

  @Override
  public boolean chunk(Buffer chunk) {
    if (direct != null) return direct.chunk(chunk);
    if (over) return true;
    if (storing && !body.add(chunk)) tooMuch();
    audience.give(chunk, storing ? maxEntry() : Math.max(4 * Audience.WINDOW, body.size()));
    return !audience.isFull();
  }

  /** From here on it is only passed on, as fast as the fastest of its clients takes it. */
  private void tooMuch() {
    storing = false;
    unregister();
    cache.pass(purpose.request.key(), System.currentTimeMillis());
    if (audience.isEmpty()) giveUp();
  }

  private void drained() {
    if (over) settle();
    else if (!audience.isFull()) passage.resume();
  }

  @Override
  public void end(MultiMap trailers) {
    if (direct != null) {
      finish();
      direct.end(trailers);
      return;
    }
    if (over) return;
    if (storing) cache.store(Stored.of(plan, body.whole()));
    finish();
    audience.end();
    settle();
  }

  @Override
  public void fail(Failure failure, Trouble trouble) {
    if (over) return;
    long now = System.currentTimeMillis();
    boolean outOfReach = trouble != null && trouble != Trouble.CONNECTION_LIMIT_REACHED;
    if (stale != null && bridges(outOfReach, now)) {
      bridge(0, outOfReach, now);
      return;
    }
    finish();
    if (direct != null) {
      direct.fail(failure, trouble);
      return;
    }
    for (Reader reader : audience.all()) {
      cache.count(reader.collapsed ? Result.COLLAPSED : Result.MISS);
    }
    audience.fail(failure, trouble, reader -> told(reader, purpose.forwarded));
  }

  @Override
  public void breakOff() {
    finish();
    if (direct != null) direct.breakOff();
    else audience.breakOff();
    settle();
  }

  static boolean isError(int status) {
    return status == 500 || status == 502 || status == 503 || status == 504;
  }

  private boolean bridges(boolean outOfReach, long now) {
    return cache.bridges(stale, purpose.request.fields(), outOfReach, now);
  }

  /** What is stale stands in for an origin that fails, for those who may have it. */
  private void bridge(int status, boolean outOfReach, long now) {
    finish();
    String told = status == 0 ? "" : "; fwd-status=" + status;
    String line = "fwd=stale" + told + "; detail=stale-if-error";
    for (Reader reader : audience.all()) {
      MultiMap fields = reader.exchange.request.headers();
      boolean its = !reader.collapsed || cache.bridges(stale, fields, outOfReach, now);
      if (!its) {
        sendAside(reader);
        continue;
      }
      cache.count(Result.STALE);
      String mine = told(reader, line);
      reader.run(() -> reader.serveStale(stale, mine, now));
    }
    if (status != 0) passage.drain();
  }

  private void sendAside(Reader reader) {
    audience.remove(reader);
    String variant = variant(reader, System.currentTimeMillis());
    reader.run(() -> reader.sendAside(variant));
  }

  /** What others who ask for another variant have in common with it; null where there is none. */
  private String variant(Reader reader, long now) {
    MultiMap fields = reader.exchange.request.headers();
    boolean varies = head != null && !head.plan().suits(fields) && cache.isShared(head, now);
    return varies ? cache.flightKey(head, fields) : null;
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
    settle();
  }

  /** What was held is given back when nobody is to be sent any of it any more. */
  private void settle() {
    if (body != null && audience.isServed()) body.release();
  }
}
