package dev.sluice;

import dev.sluice.app.App;
import dev.sluice.app.AppVerticle;
import dev.sluice.app.BusDoorVerticle;
import dev.sluice.app.Engine;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** The apps that answer: for each, the verticle of its handlers and its door on the bus. */
final class Mounted {
  private final Vertx vertx;
  private final Map<App, List<String>> deployments = new ConcurrentHashMap<>();

  Mounted(Vertx vertx) {
    this.vertx = vertx;
  }

  /** Starts these apps; where one fails none of them stays. */
  Future<Void> mount(List<App> apps, Engine engine) {
    List<Future<String>> started = new ArrayList<>();
    for (App app : apps) {
      List<String> ids = new CopyOnWriteArrayList<>();
      deployments.put(app, ids);
      for (var verticle :
          List.of(new AppVerticle(app, engine), new BusDoorVerticle(app.name(), engine))) {
        started.add(vertx.deployVerticle(verticle).onSuccess(ids::add));
      }
    }
    return Future.join(started).<Void>mapEmpty().onFailure(e -> unmount(apps));
  }

  /** Ends these apps when the calls that began before have had the time they may take. */
  void unmountAfter(Duration drain, List<App> apps) {
    List<String> ids = take(apps); // one of them may be mounted anew in the meantime
    if (!ids.isEmpty()) {
      vertx.setTimer(Math.max(1, drain.toMillis()), t -> ids.forEach(vertx::undeploy));
    }
  }

  void unmount(List<App> apps) {
    take(apps).forEach(vertx::undeploy);
  }

  private List<String> take(List<App> apps) {
    List<String> ids = new ArrayList<>();
    for (App app : apps) ids.addAll(deployments.getOrDefault(app, List.of()));
    apps.forEach(deployments::remove);
    return ids;
  }
}
