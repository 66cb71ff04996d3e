package dev.sluice.harness;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;

import dev.sluice.Mounts;
import dev.sluice.Settings;
import dev.sluice.app.App;
import dev.sluice.store.StoreSettings;
import dev.sluice.store.Stores;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A data directory with the tables of all apps and nothing in them, made once and copied for each
 * gateway: to unpack PostgreSQL, to make its first files and to migrate takes seconds. No two
 * gateways have a key in common: each makes its own. An empty directory is a first start.
 */
public final class DataTemplate {
  private static Path made;

  private DataTemplate() {}

  /** Gives a directory what the servers make at their first start. */
  public static synchronized void copyTo(Path directory) {
    try {
      if (made == null) made = make();
      try (Stream<Path> files = Files.walk(made)) {
        for (Path file : files.skip(1).toList()) { // the first is the directory itself
          Path copy = directory.resolve(made.relativize(file).toString());
          if (isProgram(file)) Files.createLink(copy, file);
          else Files.copy(file, copy, StandardCopyOption.COPY_ATTRIBUTES, NOFOLLOW_LINKS);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** One that nobody writes to need not be there twice. */
  private static boolean isProgram(Path file) {
    return file.startsWith(made.resolve("bin")) && Files.isRegularFile(file, NOFOLLOW_LINKS);
  }

  private static Path make() throws IOException {
    Path directory = Scratch.directory();
    Runtime.getRuntime().addShutdownHook(new Thread(() -> Scratch.delete(directory)));
    Vertx vertx = Vertx.vertx();
    StoreSettings embedded = Settings.load(null, Map.of(), Map.of()).store();
    Stores stores =
        RunningGateway.await(Stores.open(vertx, embedded, directory, (type, nanos, ok) -> {}));
    for (App app : apps()) {
      String location = "apps/" + app.name() + "/db";
      if (DataTemplate.class.getResource("/" + location) == null) continue;
      RunningGateway.await(stores.database().migrate(app.name(), location));
    }
    RunningGateway.await(stores.close());
    RunningGateway.await(vertx.close());
    Files.delete(directory.resolve("keyset.json"));
    return directory;
  }

  private static List<App> apps() {
    List<App> apps =
        new ArrayList<>(Mounts.standard(Settings.load(null, Map.of(), Map.of())).apps());
    apps.add(new Notebook());
    return apps;
  }
}
