package dev.sluice.http;

import dev.sluice.observe.AccessLog;
import dev.sluice.observe.Metrics;
import dev.sluice.observe.Redaction;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Timer;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Counts and logs what was served. One an event loop, so that finding a meter takes no lock. */
final class RequestLog {
  private final Metrics metrics;
  private final AccessLog accessLog;
  private final Counter gone;
  private final Map<String, Timer[]> timers = new HashMap<>();

  RequestLog(Metrics metrics, AccessLog accessLog) {
    this.metrics = metrics;
    this.accessLog = accessLog;
    this.gone = metrics.counter("http.requests.gone", "Clients that went away before their reply");
  }

  void done(Exchange exchange, int status, long bytes, String cache) {
    String method = exchange.request.method().name();
    record(exchange, method, exchange.route(), status, bytes, cache);
  }

  /** The client left: 499, as nginx logs it. */
  void gone(Exchange exchange) {
    gone.increment();
    if (accessLog == null) return;
    long nanos = System.nanoTime() - exchange.began;
    write(exchange, exchange.request.method().name(), 499, 0, null, nanos);
  }

  /** It is a socket from here on, that an upstream answers: counted now, and logged at its end. */
  Pending switched(Exchange exchange) {
    String method = exchange.request.method().name();
    long nanos = System.nanoTime() - exchange.began;
    timer(method, exchange.route(), 101).record(nanos, TimeUnit.NANOSECONDS);
    if (accessLog == null) return (received, sent) -> {};
    AccessLog.Line line = line(exchange, method, 101, 0, null, nanos);
    long began = exchange.began;
    return (received, sent) -> accessLog.add(line.over(System.nanoTime() - began, received, sent));
  }

  /** A socket that is open, of whose request no more is kept than what is to be logged. */
  interface Pending {
    /** It is closed: so many bytes came from its client, and went to it. */
    void end(long received, long sent);
  }

  private void record(
      Exchange exchange, String method, String route, int status, long bytes, String cache) {
    long nanos = System.nanoTime() - exchange.began;
    timer(method, route, status).record(nanos, TimeUnit.NANOSECONDS);
    if (accessLog != null) write(exchange, method, status, bytes, cache, nanos);
  }

  private void write(
      Exchange exchange, String method, int status, long bytes, String cache, long nanos) {
    accessLog.add(line(exchange, method, status, bytes, cache, nanos));
  }

  private static AccessLog.Line line(
      Exchange exchange, String method, int status, long bytes, String cache, long nanos) {
    return new AccessLog.Line(
        System.currentTimeMillis(),
        nanos,
        method,
        Redaction.uri(exchange.request.uri()),
        status,
        bytes,
        exchange.client,
        exchange.trace.requestId(),
        exchange.operation == null ? null : exchange.operation.id(),
        cache,
        exchange.upstream());
  }

  /** The meter of one kind of request; what a client makes up gets no meter of its own. */
  private Timer timer(String method, String route, int status) {
    String known = Methods.isKnown(method) ? method : "other";
    Timer[] byStatus = timers.computeIfAbsent(known + ' ' + route, k -> new Timer[600]);
    int slot = status >= 0 && status < 600 ? status : 0;
    if (byStatus[slot] == null) byStatus[slot] = metrics.requests(known, route, slot);
    return byStatus[slot];
  }

  /** A request that was answered at once, without an exchange. */
  void hit(AccessLog.Line line, String route) {
    timer(line.method(), route, line.status()).record(line.nanos(), TimeUnit.NANOSECONDS);
    if (accessLog != null) accessLog.add(line);
  }
}
