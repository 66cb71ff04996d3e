package dev.sluice.app.identity;

import dev.sluice.app.App.Handler;
import dev.sluice.app.Engine;
import dev.sluice.app.Page;
import dev.sluice.call.Call;
import dev.sluice.call.Failure;
import dev.sluice.call.Failure.Category;
import dev.sluice.call.Reply;
import dev.sluice.identity.Identity;
import dev.sluice.identity.audit.Entry;
import dev.sluice.identity.session.Session;
import dev.sluice.identity.user.Tier;
import dev.sluice.identity.user.User;
import dev.sluice.identity.user.Users;
import dev.sluice.provider.email.Email;
import dev.sluice.provider.email.EmailAddress;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** What administrators do with users (seed 003). */
final class AdminOperations {
  private static final String ADMIN = "admin";

  private final Engine engine;
  private final Forgetting forgetting;

  AdminOperations(Engine engine) {
    this.engine = engine;
    this.forgetting = new Forgetting(engine);
  }

  Map<String, Handler> handlers() {
    return Map.of(
        "listUsers", this::listUsers,
        "getUserById", this::getUser,
        "setTier", this::setTier,
        "setActive", this::setActive,
        "setRoles", this::setRoles,
        "deleteUser", this::deleteUser,
        "testEmail", this::testEmail);
  }

  private Future<Reply> listUsers(Call call) {
    Page after = Page.of(call);
    int limit = call.params().integer("limit", 50);
    Users.Cursor from = after == null ? null : new Users.Cursor(after.time(), after.id());
    return engine
        .identity()
        .users()
        .search(call.params().text("search"), from, limit + 1)
        .map(users -> Answers.json(page(users, limit)));
  }

  private static JsonObject page(List<User> users, int limit) {
    JsonArray all = new JsonArray();
    users.stream().limit(limit).forEach(user -> all.add(JsonObject.mapFrom(user)));
    JsonObject page = new JsonObject().put("users", all);
    if (users.size() <= limit) return page;
    User last = users.get(limit - 1);
    return page.put("nextCursor", new Page(last.createdAt(), last.id()).cursor());
  }

  /** With sessions, and the ways in beside the address. */
  private Future<Reply> getUser(Call call) {
    Identity identity = engine.identity();
    UUID id = Answers.id(call);
    Future<User> user = identity.users().get(id);
    Future<List<Session>> sessions = identity.sessions().list(id);
    Future<List<Users.Way>> ways = identity.users().ways(id);
    return Future.all(user, sessions, ways)
        .map(
            all -> {
              JsonArray open = new JsonArray();
              sessions.result().forEach(session -> open.add(JsonObject.mapFrom(session)));
              JsonArray known = new JsonArray();
              ways.result()
                  .forEach(
                      way ->
                          known.add(
                              new JsonObject()
                                  .put("issuer", way.issuer().replaceFirst("^issuer:", ""))
                                  .put("subject", way.subject())));
              return Answers.json(
                  JsonObject.mapFrom(user.result()).put("sessions", open).put("identities", known));
            });
  }

  private Future<Reply> setTier(Call call) {
    Tier tier = Tier.of(Answers.body(call).getString("tier"));
    return engine
        .identity()
        .users()
        .setTier(Answers.id(call), tier)
        .onSuccess(user -> note(call, "user.tier", "tier", tier.word()))
        .map(Answers::json);
  }

  private Future<Reply> setActive(Call call) {
    Identity identity = engine.identity();
    boolean active = Answers.body(call).getBoolean("isActive");
    UUID user = Answers.id(call);
    if (!active && user.equals(Answers.user(call))) throw oneself("keep yourself out");
    return identity
        .users()
        .setActive(user, active)
        .compose(
            changed ->
                active
                    ? Future.succeededFuture(changed)
                    : identity.sessions().endAll(user, null, "disabled").map(changed))
        .onSuccess(changed -> note(call, "user.active", "isActive", active))
        .map(Answers::json);
  }

  private Future<Reply> setRoles(Call call) {
    UUID user = Answers.id(call);
    List<String> roles =
        Answers.body(call).getJsonArray("roles").stream().map(String.class::cast).toList();
    boolean own = user.equals(Answers.user(call));
    if (own && !roles.contains(ADMIN)) throw oneself("take your own role away");
    return engine
        .identity()
        .users()
        .setRoles(user, roles)
        .onSuccess(changed -> note(call, "user.roles", "roles", roles))
        .map(Answers::json);
  }

  private Future<Reply> deleteUser(Call call) {
    UUID user = Answers.id(call);
    UUID by = Answers.user(call);
    if (user.equals(by)) {
      throw oneself("remove yourself here").suggest("DELETE /users/me does.");
    }
    return forgetting.forget(user, by, call).map(Answers::json);
  }

  private void note(Call call, String action, String what, Object value) {
    Entry entry =
        Entry.done(Answers.user(call), action, "user", Answers.id(call), call.caller().peer());
    engine.identity().audit().write(entry.with(what, value));
  }

  private static Failure oneself(String what) {
    return Failure.of(Category.CONFLICT, "OWN_ACCOUNT", "You cannot " + what + ".")
        .suggest("Ask another administrator.");
  }

  /** Waits until the mail server has taken it: that is what is to be proved. */
  private Future<Reply> testEmail(Call call) {
    String to = call.params().text("to");
    Future<String> address =
        to == null
            ? engine.identity().users().get(Answers.user(call)).map(AdminOperations::ownAddress)
            : Future.succeededFuture(to);
    return address
        .map(text -> Answers.email("to", text))
        .compose(
            email ->
                engine
                    .identity()
                    .mail(test(email), call.deadline())
                    .recover(AdminOperations::withWhereToLook)
                    .map(
                        sent ->
                            Answers.json(
                                new JsonObject()
                                    .put("sent", true)
                                    .put("to", email.text())
                                    .put("messageId", sent.messageId()))));
  }

  /** Its server's name and words are not for everybody: they are in the log. */
  private static Future<Email.Sent> withWhereToLook(Throwable cause) {
    Failure failure = Failure.from(cause);
    boolean log = failure.code().equals("PROVIDER_ERROR") || failure.code().equals("TIMEOUT");
    return Future.failedFuture(
        log
            ? failure.suggest(
                "The gateway's log says why; see host, port, ca and from in providers.smtp.")
            : failure);
  }

  private static String ownAddress(User user) {
    if (user.email() != null) return user.email();
    throw Failure.invalid("to", "is required: your account has no address", null);
  }

  private static Email.Mail test(EmailAddress to) {
    String text = "This mail was sent by GET /test/email: outgoing mail works.";
    return new Email.Mail(to.text(), "Outgoing mail works", text, "<p>" + text + "</p>", "test");
  }
}
