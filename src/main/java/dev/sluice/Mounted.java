package dev.sluice;

import dev.sluice.app.Answering;
import dev.sluice.app.App;
import dev.sluice.app.AppVerticle;
import dev.sluice.app.BusDoorVerticle;
import dev.sluice.app.Engine;
import dev.sluice.contract.json.JsonSettings;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;

/** The apps that answer: for each, the verticle of its handlers and its door on the bus. */
final class Mounted {
  private final Vertx vertx;
  private final Supplier<JsonSettings> json;
  private final Map<App, List<Deployed>> deployments = new ConcurrentHashMap<>();

  private record Deployed(Answering verticle, String id) {}

  /**
   * None yet.
   *
   * @param json how much structure a JSON body may have at the moment
   */
  Mounted(Vertx vertx, Supplier<JsonSettings> json) {
    this.vertx = vertx;
    this.json = json;
  }

  /** Starts these apps; where one fails none of them stays. */
  Future<Void> mount(List<App> apps, Engine engine) {
    List<Future<String>> started = new ArrayList<>();
    for (App app : apps) {
      List<Deployed> ids = new CopyOnWriteArrayList<>();
      deployments.put(app, ids);
      for (Answering verticle :
          List.of(new AppVerticle(app, engine), new BusDoorVerticle(app.name(), engine, json))) {
        started.add(
            vertx.deployVerticle(verticle).onSuccess(id -> ids.add(new Deployed(verticle, id))));
      }
    }
    return Future.join(started).<Void>mapEmpty().onFailure(e -> unmount(apps));
  }

  /**
   * Calls come to these apps no more; they end when those that have come have had the time they may
   * take.
   */
  void unmountAfter(Duration drain, List<App> apps) {
    List<Deployed> leaving = take(apps); // one of them may be mounted anew in the meantime
    leaving.forEach(one -> one.verticle.leave());
    if (!leaving.isEmpty()) vertx.setTimer(Math.max(1, drain.toMillis()), t -> end(leaving));
  }

  private void end(List<Deployed> those) {
    those.forEach(one -> vertx.undeploy(one.id));
  }

  void unmount(List<App> apps) {
    end(take(apps));
  }

  private List<Deployed> take(List<App> apps) {
    List<Deployed> ids = new ArrayList<>();
    for (App app : apps) ids.addAll(deployments.getOrDefault(app, List.of()));
    apps.forEach(deployments::remove);
    return ids;
  }
}
