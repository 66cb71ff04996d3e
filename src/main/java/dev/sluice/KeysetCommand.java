package dev.sluice;

import dev.sluice.store.Keyset;
import dev.sluice.store.KeysetFile;
import dev.sluice.store.StoreException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code sluice keyset}: changes the file with the keys that secrets are sealed with. A running
 * gateway takes it into use by itself, and seals anew what older keys have sealed.
 */
@Command(
    name = "keyset",
    description = "Show and change the keys that secrets are sealed with.",
    synopsisSubcommandLabel = "COMMAND",
    mixinStandardHelpOptions = true)
final class KeysetCommand implements Runnable {
  @Spec CommandSpec spec;

  @Override
  public void run() {
    throw new CommandLine.ParameterException(spec.commandLine(), "Name a command.");
  }

  /** Which file is meant. */
  static final class Place {
    @Mixin Main.Configuration configuration;

    @Option(names = "--data", paramLabel = "DIR", description = "the data directory of the gateway")
    Path data;

    @Option(
        names = "--file",
        paramLabel = "FILE",
        description =
            "the keyset; without it SLUICE_STORE_KEYSET_FILE, or that in the data directory")
    Path file;

    Path directory() {
      return data != null ? data : configuration.data();
    }

    KeysetFile found() {
      Path path = file != null ? file : configuration.keyset(directory());
      if (path == null) {
        throw new StoreException(
            "The keyset is the text of a setting, store.keyset: put it in a file and name that by"
                + " --file, then set what is in it.",
            null);
      }
      if (Files.notExists(path)) {
        throw new StoreException(
            "There is no keyset %s: the gateway makes one at its first start."
                .formatted(path.toAbsolutePath().normalize()),
            null);
      }
      return new KeysetFile(path);
    }
  }

  @Command(
      name = "list",
      description = "Show the keys, the oldest first; never what they are.",
      mixinStandardHelpOptions = true)
  int list(@Mixin Place place) {
    return done(() -> show(place.found().read()));
  }

  @Command(
      name = "add",
      description =
          "Add a key, which opens, and does not seal yet: for all nodes to know it first.",
      mixinStandardHelpOptions = true)
  int add(@Mixin Place place) {
    return change(place, Keyset::added);
  }

  @Command(
      name = "promote",
      description = "Have the newest key seal, once all nodes have it.",
      mixinStandardHelpOptions = true)
  int promote(@Mixin Place place) {
    return change(
        place,
        keys -> {
          if (isNewest(keys)) throw refused("The newest key seals already; add one.");
          return keys.promoted();
        });
  }

  @Command(
      name = "rotate",
      description = "Add a key and have it seal at once, where there is one node.",
      mixinStandardHelpOptions = true)
  int rotate(@Mixin Place place) {
    return change(
        place,
        keys -> {
          if (isNewest(keys)) return keys.added().promoted();
          throw refused("A key was added that does not seal yet; promote it.");
        });
  }

  @Command(
      name = "drop",
      description = "Take the keys away that are older than the one that seals.",
      mixinStandardHelpOptions = true)
  int drop(
      @Mixin Place place,
      @Option(
              names = "--force",
              description = "without asking the running gateway whether anything needs them")
          boolean force) {
    return change(
        place,
        keys -> {
          if (keys.older().isEmpty()) throw refused("There are no older keys.");
          if (!force) checkUnneeded(place.directory(), keys.older());
          return keys.dropped();
        });
  }

  private static void checkUnneeded(Path directory, List<Keyset.Key> keys) {
    String names = keys.stream().map(Keyset.Key::name).collect(Collectors.joining(" "));
    try {
      ControlSocket.Outcome left = ControlSocket.ask(directory, "sealed " + names);
      if (!left.succeeded()) throw refused(left.text());
      if (left.text().equals("0")) return;
      throw refused(
          left.text()
              + " secrets are still sealed with them. The gateway seals them anew: see secrets_left"
              + " in its metrics, and its log.");
    } catch (IOException e) {
      throw refused(
          "No gateway can be asked at the data directory %s whether anything needs them (%s). Name the one it runs with by --data, or drop them by --force: what they have sealed is lost."
              .formatted(directory.toAbsolutePath().normalize(), e.getMessage()));
    }
  }

  private int change(Place place, UnaryOperator<Keyset> change) {
    return done(
        () -> {
          KeysetFile file = place.found();
          Keyset next = change.apply(file.read());
          file.replace(next);
          show(next);
        });
  }

  private void show(Keyset keys) {
    List<Keyset.Key> all = keys.keys();
    int older = keys.older().size();
    for (int i = 0; i < all.size(); i++) {
      String does = i < older ? "opens" : i == older ? "seals" : "opens; new, not sealing yet";
      spec.commandLine().getOut().println(all.get(i).name() + "  " + does);
    }
  }

  private int done(Runnable work) {
    try {
      work.run();
      return 0;
    } catch (StoreException e) {
      spec.commandLine().getErr().println(e.getMessage());
      return 1;
    }
  }

  private static boolean isNewest(Keyset keys) {
    return keys.older().size() == keys.keys().size() - 1;
  }

  private static StoreException refused(String reason) {
    return new StoreException(reason, null);
  }
}
