package dev.sluice.http;

import com.github.benmanes.caffeine.cache.Caffeine;
import dev.sluice.cache.CacheKey;
import dev.sluice.cache.Entry;
import dev.sluice.call.Body;
import dev.sluice.call.Call;
import dev.sluice.call.Caller;
import dev.sluice.call.Reply;
import dev.sluice.contract.Access;
import dev.sluice.contract.Operation;
import dev.sluice.guard.limit.Limit;
import dev.sluice.guard.limit.Tally;
import dev.sluice.observe.AccessLog;
import dev.sluice.observe.Redaction;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;

/**
 * Answers a fresh hit, of anyone's or of the caller's own, before anything is routed, parsed or
 * sent over the bus. It remembers which raw request targets led to which cache keys; the entry
 * behind the key, its freshness and its tags are looked at each time, so nothing here can go stale.
 * One an event loop; what is remembered, they share.
 */
final class FastLane implements RequestPath.Answered {
  private static final int MAX_TARGETS = 200_000;
  private static final int MAX_TARGET_LENGTH = 512;
  private static final CharSequence CACHE_STATUS = HttpHeaders.createOptimized("cache-status");
  private static final CharSequence SERVER_TIMING = HttpHeaders.createOptimized("server-timing");
  private static final CharSequence HIT_TIMING = HttpHeaders.createOptimized("cache;desc=hit");
  private static final CharSequence GZIP = HttpHeaders.createOptimized("gzip");
  private static final String HIT = "Sluice; hit; ttl=";
  private static final CharSequence VARY = HttpHeaders.createOptimized("accept-encoding");
  private static final CharSequence VARY_TOKEN = HttpHeaders.createOptimized("Authorization");

  private static final int MAX_SECONDS = 3600;

  /** Where a request target leads, what its hits are counted by, and how it stands in the log. */
  private record Target(
      Operation operation, Access access, String key, Limit limit, String logged) {

    boolean isOwn() {
      return !operation.policy().cache().isPublic();
    }

    /** Of the entry for a caller, or null where there can be none. */
    String key(Caller caller) {
      if (!isOwn()) return key;
      return caller.isAnonymous() ? null : CacheKey.own(caller.subject(), key);
    }
  }

  /** The targets that are known, for all event loops. */
  static final class Targets {
    private final com.github.benmanes.caffeine.cache.Cache<String, Target> known =
        Caffeine.newBuilder().maximumSize(MAX_TARGETS).executor(Runnable::run).build();
  }

  private final Targets targets;
  private final HttpDoor.Inside inside;
  private final Admission admission;
  private final StandingHeaders standing;
  private final RequestLog log;
  private final Backlog backlog;
  private final long compressFrom;
  // header values by their seconds, encoded once: a hit makes no text but its request id
  private final CharSequence[] ages = new CharSequence[MAX_SECONDS];
  private final CharSequence[] statuses = new CharSequence[MAX_SECONDS];

  FastLane(
      Targets targets,
      HttpDoor.Inside inside,
      StandingHeaders standing,
      RequestLog log,
      Backlog backlog,
      long compressFrom) {
    this.targets = targets;
    this.inside = inside;
    this.admission = new Admission(inside.guards());
    this.standing = standing;
    this.log = log;
    this.backlog = backlog;
    this.compressFrom = compressFrom;
  }

  /** Answers the request if there is a fresh entry for its caller and the limit allows. */
  boolean serve(HttpServerRequest request, String client) {
    HttpMethod method = request.method();
    if (method != HttpMethod.GET && method != HttpMethod.HEAD) return false;
    if (Bodies.hasBody(request)) return false;
    Target target = target(request.uri());
    if (target == null) return false;
    Caller caller = admission.known(request.headers(), client, target.access);
    if (caller == null) return false;
    long now = System.currentTimeMillis();
    Entry entry = entry(target, caller, now);
    if (entry == null || Outflow.isLarge(entry.reply().body().bytes().length())) return false;
    boolean gzip =
        isCompressible(entry)
            && Negotiation.acceptsGzip(request.getHeader(HttpHeaders.ACCEPT_ENCODING));
    if (gzip && entry.gzipped() == null) return false; // the longer way compresses aside
    Tally counted = target.limit.takeAtOnce(caller, client);
    if (counted == null) return false;
    RateFields.add(request.response().headers(), counted);
    respond(request, client, target, entry, gzip, now);
    return true;
  }

  private Target target(String uri) {
    Target target = targets.known.getIfPresent(uri);
    return target == null || inside.engine().isIntercepted(target.operation) ? null : target;
  }

  private Entry entry(Target target, Caller caller, long now) {
    String key = target.key(caller);
    return key == null ? null : inside.cache().fresh(key, now);
  }

  private boolean isCompressible(Entry entry) {
    Body body = entry.reply().body();
    return body.bytes().length() >= compressFrom && Negotiation.isCompressible(body.type());
  }

  /**
   * The fresh entry that answers a GET for a client, whose call is counted; null where the longer
   * way is to be taken.
   */
  Entry find(String uri, MultiMap headers, String client) {
    Target target = target(uri);
    if (target == null) return null;
    Caller caller = admission.known(headers, client, target.access);
    if (caller == null) return null;
    Entry entry = entry(target, caller, System.currentTimeMillis());
    if (entry == null || target.limit.takeAtOnce(caller, client) == null) return null;
    inside.cache().countHit();
    return entry;
  }

  /** Counts a call that was made before; whether it was one of those that are known here. */
  boolean counts(String uri, MultiMap headers, String client) {
    Target target = targets.known.getIfPresent(uri);
    return target != null
        && admission.admitAtOnce(headers, client, target.access, target.limit) != null;
  }

  @Override
  public void reply(Exchange exchange, Call call, Reply reply) {
    if (exchange.request.method() != HttpMethod.GET) return;
    remember(exchange.operation, exchange.request.uri(), call, reply);
  }

  /** What a GET of a target was answered. */
  void remember(Operation operation, String uri, Call call, Reply reply) {
    if (reply.cached().etag() == null || operation.policy().cache() == null) return;
    Access access = operation.policy().access();
    if (!operation.policy().cache().isPublic() && !access.takesTokens()) return;
    if (uri.length() > MAX_TARGET_LENGTH || targets.known.getIfPresent(uri) != null) return;
    if (!operation.fields().isEmpty()) return; // its target alone does not say which entry
    Limit limit = inside.guards().limits().of(operation.policy().limit(), operation.path());
    String key = CacheKey.ofAnyone(operation, call);
    targets.known.put(uri, new Target(operation, access, key, limit, Redaction.uri(uri)));
  }

  private void respond(
      HttpServerRequest request,
      String client,
      Target target,
      Entry entry,
      boolean gzip,
      long now) {
    long began = System.nanoTime();
    HttpServerResponse response = request.response();
    String requestId = Exchange.requestId(request);
    MultiMap headers = response.headers();
    standing.put(headers, request, requestId);
    headers.set(HttpHeaders.CACHE_CONTROL, entry.control());
    headers.set(HttpHeaders.AGE, seconds(ages, "", entry.ageMillis(now)));
    headers.set(CACHE_STATUS, seconds(statuses, HIT, entry.freshMillis(now)));
    headers.set(SERVER_TIMING, HIT_TIMING);
    entry.reply().headers().forEach(headers::add);
    if (isCompressible(entry)) headers.add(HttpHeaders.VARY, VARY);
    if (target.access.takesTokens()) headers.add(HttpHeaders.VARY, VARY_TOKEN);
    headers.set(HttpHeaders.ETAG, Responder.tag(entry.etag(), gzip));
    inside.cache().countHit();
    String ifNoneMatch = request.getHeader(HttpHeaders.IF_NONE_MATCH);
    int status = 200;
    int sent = 0;
    if (ifNoneMatch != null && Negotiation.matches(ifNoneMatch, entry.etag())) {
      status = 304;
      response.setStatusCode(304).end();
    } else {
      Buffer body = gzip ? entry.gzipped() : entry.reply().body().bytes();
      if (gzip) headers.set(HttpHeaders.CONTENT_ENCODING, GZIP);
      headers.set(HttpHeaders.CONTENT_TYPE, entry.reply().body().type());
      headers.set(HttpHeaders.CONTENT_LENGTH, Integer.toString(body.length()));
      if (request.method() == HttpMethod.HEAD) {
        response.end();
      } else {
        sent = body.length();
        backlog.whole(request, response.end(body), 0);
      }
    }
    finish(request, client, target, requestId, status, sent, now, System.nanoTime() - began);
  }

  private static CharSequence seconds(CharSequence[] known, String prefix, long millis) {
    int seconds = (int) Math.min(Integer.MAX_VALUE, millis / 1000);
    if (seconds < 0 || seconds >= known.length) return prefix + seconds;
    CharSequence text = known[seconds];
    if (text == null) known[seconds] = text = HttpHeaders.createOptimized(prefix + seconds);
    return text;
  }

  private void finish(
      HttpServerRequest request,
      String client,
      Target target,
      String requestId,
      int status,
      int sent,
      long now,
      long nanos) {
    log.hit(
        new AccessLog.Line(
            now,
            nanos,
            request.method().name(),
            target.logged,
            status,
            sent,
            client,
            requestId,
            target.operation.id(),
            "hit",
            null),
        target.operation.path());
  }
}
