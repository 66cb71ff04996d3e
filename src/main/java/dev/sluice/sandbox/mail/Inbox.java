package dev.sluice.sandbox.mail;

import io.vertx.core.json.Json;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.List;

/** The mails, over HTTP. */
public final class Inbox {

  private static final int USUAL_LIMIT = 100;

  private final Mails mails;

  /** What {@code GET /mail/messages} answers. */
  record Listing(List<Mail> messages) {}

  /** What was not found or understood. */
  record Refused(int status, String message) {}

  Inbox(Mails mails) {
    this.mails = mails;
  }

  /** Answers below {@code /mail}. */
  public void mount(Router router) {
    router.get("/mail/messages").handler(this::list);
    router.get("/mail/messages/:id").handler(this::one);
    router.delete("/mail/messages").handler(this::clear);
    router
        .route("/mail*")
        .handler(ctx -> refuse(ctx, 404, "Unknown here; GET /control lists what there is"));
  }

  private void list(RoutingContext ctx) {
    String limit = ctx.queryParams().get("limit");
    if (limit != null && !limit.matches("[0-9]{1,4}")) {
      refuse(ctx, 400, "limit must be a number");
      return;
    }
    int most = limit == null ? USUAL_LIMIT : Integer.parseInt(limit);
    ctx.response().putHeader("access-control-allow-origin", "*"); // example pages read their codes
    send(ctx, new Listing(mails.list(ctx.queryParams().get("to"), most)));
  }

  private void one(RoutingContext ctx) {
    mails
        .find(ctx.pathParam("id"))
        .ifPresentOrElse(mail -> send(ctx, mail), () -> refuse(ctx, 404, "No such mail"));
  }

  private void clear(RoutingContext ctx) {
    mails.clear();
    ctx.response().setStatusCode(204).end();
  }

  private static void refuse(RoutingContext ctx, int status, String message) {
    ctx.response().setStatusCode(status);
    send(ctx, new Refused(status, message));
  }

  private static void send(RoutingContext ctx, Object body) {
    ctx.response().putHeader("content-type", "application/json").end(Json.encodeToBuffer(body));
  }
}
