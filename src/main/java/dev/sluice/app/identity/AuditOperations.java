package dev.sluice.app.identity;

import dev.sluice.app.App.Handler;
import dev.sluice.app.Engine;
import dev.sluice.app.Page;
import dev.sluice.bus.FlowWriter;
import dev.sluice.call.Call;
import dev.sluice.call.Failure;
import dev.sluice.call.Reply;
import dev.sluice.identity.audit.AuditLog;
import dev.sluice.identity.audit.Entry;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** The audit log, as a page or as a file. */
final class AuditOperations {
  private static final int ROWS = 500;

  private final Engine engine;

  AuditOperations(Engine engine) {
    this.engine = engine;
  }

  Map<String, Handler> handlers() {
    return Map.of("listAudit", this::listAudit);
  }

  private Future<Reply> listAudit(Call call) {
    AuditLog.Filter filter =
        new AuditLog.Filter(
            uuid(call.params().text("userId")),
            call.params().text("action"),
            call.params().text("resource"),
            call.params().text("resourceId"),
            call.params().text("result"),
            time(call, "from"),
            time(call, "to"));
    Page after = Page.of(call);
    AuditLog.Cursor from = after == null ? null : new AuditLog.Cursor(after.time(), after.id());
    // what has just happened is to be seen
    Future<Void> written = engine.identity().audit().flush().recover(e -> Future.succeededFuture());
    boolean csv = "csv".equals(call.params().text("format"));
    return written.compose(
        now -> csv ? file(filter, from) : page(filter, from, call.params().integer("limit", 100)));
  }

  private Future<Reply> page(AuditLog.Filter filter, AuditLog.Cursor from, int limit) {
    return engine
        .identity()
        .auditLog()
        .page(filter, from, limit + 1)
        .map(
            entries -> {
              JsonArray all = new JsonArray();
              entries.stream().limit(limit).forEach(entry -> all.add(JsonObject.mapFrom(entry)));
              JsonObject page = new JsonObject().put("entries", all);
              if (entries.size() > limit) page.put("nextCursor", cursor(entries.get(limit - 1)));
              return Answers.json(page);
            });
  }

  private static String cursor(Entry last) {
    return new Page(last.timestamp(), last.id()).cursor();
  }

  /** Read as the client takes it. */
  private Future<Reply> file(AuditLog.Filter filter, AuditLog.Cursor from) {
    FlowWriter out = engine.open();
    out.write(Buffer.buffer(Csv.HEAD));
    out.read().onSuccess(wanted -> more(out, filter, from));
    return out.reply("text/csv; charset=utf-8; header=present")
        .map(
            reply ->
                reply
                    .with("content-disposition", "attachment; filename=\"audit.csv\"")
                    .with("cache-control", "no-store"));
  }

  private void more(FlowWriter out, AuditLog.Filter filter, AuditLog.Cursor from) {
    if (out.ended().isComplete()) return;
    engine
        .identity()
        .auditLog()
        .page(filter, from, ROWS)
        .onFailure(out::fail)
        .onSuccess(entries -> write(out, filter, entries));
  }

  private void write(FlowWriter out, AuditLog.Filter filter, List<Entry> entries) {
    StringBuilder lines = new StringBuilder();
    entries.forEach(entry -> Csv.line(lines, entry));
    out.write(Buffer.buffer(lines.toString()));
    if (entries.size() < ROWS) {
      out.end();
      return;
    }
    Entry last = entries.get(entries.size() - 1);
    AuditLog.Cursor next = new AuditLog.Cursor(last.timestamp(), last.id());
    if (out.writeQueueFull()) out.drainHandler(room -> more(out, filter, next));
    else more(out, filter, next);
  }

  private static UUID uuid(String text) {
    try {
      return text == null ? null : UUID.fromString(text);
    } catch (IllegalArgumentException e) {
      throw Failure.invalid("userId", "is no UUID", text);
    }
  }

  private static Instant time(Call call, String name) {
    String text = call.params().text(name);
    try {
      return text == null ? null : OffsetDateTime.parse(text).toInstant();
    } catch (DateTimeException e) {
      throw Failure.invalid(name, "is no time such as 2026-11-21T00:00:00Z", text);
    }
  }
}
