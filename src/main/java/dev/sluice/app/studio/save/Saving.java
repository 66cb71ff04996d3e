package dev.sluice.app.studio.save;

import dev.sluice.app.Engine;
import dev.sluice.app.studio.sync.Base;
import dev.sluice.app.studio.sync.Base.Strategy;
import dev.sluice.call.Call;
import dev.sluice.call.JsonText;
import dev.sluice.call.Reply;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.SqlClient;
import java.util.concurrent.Callable;

/** What changes a slot: saving, merging, restoring, deleting. */
final class Saving {
  private static final int LARGE = 16 * 1024; // bytes that an event loop does not work on
  private static final int TRIES = 5; // to save what was merged, while others come between

  private final Engine engine;
  private final Saves saves;
  private final Telling telling;

  Saving(Engine engine, Saves saves) {
    this.engine = engine;
    this.saves = saves;
    this.telling = new Telling(engine);
  }

  Future<Reply> save(Owner owner, Call call) {
    Wanted wanted = Wanted.of(owner, call);
    Buffer body = call.body().bytes();
    return work(body.length(), () -> content(JsonText.member(body, "configs")))
        .compose(sent -> telling.of(call, owner, client -> save(client, wanted, sent, TRIES)));
  }

  private Future<Done> save(SqlClient client, Wanted wanted, Content sent, int tries) {
    return saves
        .save(client, wanted, sent)
        .compose(
            outcome -> {
              if (!outcome.isConflict()) return saved(outcome);
              Clash clash = new Clash(wanted.base(), sent.raw(), outcome);
              return wanted.base().strategy() == Strategy.MERGE && tries > 0
                  ? merge(client, wanted, clash, sent, tries)
                  : refuse(clash);
            });
  }

  /** In the place of exactly what it was merged with. */
  private Future<Done> merge(
      SqlClient client, Wanted wanted, Clash clash, Content sent, int tries) {
    return work(clash.weight(), () -> content(clash.merged()))
        .compose(
            joined -> {
              Base there = Base.exactly(clash.outcome().there().version(), Strategy.REJECT);
              return saves
                  .save(client, wanted.of(there), joined)
                  .compose(
                      outcome ->
                          outcome.isConflict()
                              ? save(client, wanted, sent, tries - 1)
                              : Future.succeededFuture(
                                  Done.saved(outcome, "merged", joined.raw())));
            });
  }

  Future<Reply> restore(Owner owner, Call call) {
    Wanted wanted = Wanted.of(owner, call);
    int version = call.body().object().getInteger("version");
    return telling.of(
        call,
        owner,
        client ->
            saves
                .restore(client, wanted, version)
                .compose(
                    outcome ->
                        switch (outcome.status()) {
                          case "missing" -> Future.failedFuture(Refusals.noSlot(wanted.slot()));
                          case "gone" ->
                              Future.failedFuture(Refusals.noVersion(wanted.slot(), version));
                          case "conflict" -> refuse(new Clash(wanted.base(), null, outcome));
                          default -> saved(outcome);
                        }));
  }

  Future<Reply> delete(Owner owner, Call call) {
    Wanted wanted = Wanted.of(owner, call);
    return telling.of(
        call,
        owner,
        client ->
            saves
                .delete(client, wanted)
                .compose(
                    outcome ->
                        switch (outcome.status()) {
                          case "missing" -> Future.failedFuture(Refusals.noSlot(wanted.slot()));
                          case "conflict" -> refuse(new Clash(wanted.base(), null, outcome));
                          default -> Future.succeededFuture(Done.deleted(outcome.there()));
                        }));
  }

  Future<Reply> claim(Owner device, Owner user, Call call) {
    return telling.of(
        call,
        user,
        client ->
            saves
                .claim(client, device, user)
                .compose(
                    claimed ->
                        claimed == null
                            ? Future.failedFuture(Refusals.tooManySlots(settings().slots()))
                            : Future.succeededFuture(Done.claimed(claimed))));
  }

  private Future<Done> saved(Outcome outcome) {
    return outcome.status().equals("full")
        ? Future.failedFuture(Refusals.tooManySlots(settings().slots()))
        : Future.succeededFuture(Done.saved(outcome, outcome.status(), null));
  }

  private Future<Done> refuse(Clash clash) {
    return work(clash.weight(), clash::failure).compose(Future::failedFuture);
  }

  private Content content(Buffer raw) {
    long limit = settings().slotSize().bytes();
    if (raw.length() > limit) throw Refusals.tooLarge(limit, raw.length());
    return Content.of(raw);
  }

  private SaveSettings settings() {
    return engine.settings(SaveSettings.class);
  }

  private <T> Future<T> work(int bytes, Callable<T> work) {
    if (bytes > LARGE) return engine.aside(work);
    try {
      return Future.succeededFuture(work.call());
    } catch (Exception e) {
      return Future.failedFuture(e);
    }
  }
}
