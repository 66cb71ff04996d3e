package dev.sluice.provider.email;

import dev.sluice.observe.Metrics;
import java.util.concurrent.atomic.AtomicInteger;

/** What an operator sees of outgoing mail; label kind, as those say who ask. */
final class EmailMeters {
  private final Metrics metrics;
  private final AtomicInteger pending = new AtomicInteger();

  EmailMeters(Metrics metrics) {
    this.metrics = metrics;
    metrics.gauge("mail.pending", "Mails handed in and not yet sent or failed", pending::get);
  }

  void handedIn() {
    pending.incrementAndGet();
  }

  void done(String kind, boolean sent) {
    pending.decrementAndGet();
    if (sent) metrics.counter("mail.sent", "Mails the mail server took", "kind", kind).increment();
    else failed(kind);
  }

  void failed(String kind) {
    metrics.counter("mail.failed", "Mails that were given up", "kind", kind).increment();
  }
}
