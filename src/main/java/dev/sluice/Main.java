package dev.sluice;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.sluice.app.App;
import dev.sluice.conf.Document;
import dev.sluice.conf.Durations;
import dev.sluice.conf.InvalidConfiguration;
import dev.sluice.contract.Contract;
import dev.sluice.contract.Operation;
import dev.sluice.store.KeysetFile;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * The command line. Exit codes: 0 ok, 1 a failed start or an invalid configuration, 2 wrong usage.
 */
@Command(
    name = "sluice",
    description = "A reactive API gateway.",
    synopsisSubcommandLabel = "COMMAND",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    subcommands = {
      Main.Run.class,
      Main.Check.class,
      Main.Routes.class,
      Main.Reload.class,
      Main.Token.class,
      KeysetCommand.class,
      Main.ShowVersion.class
    })
public final class Main implements Runnable {
  private static final Path USUAL_FILE = Path.of("conf", "sluice.yaml");

  @Spec CommandSpec spec;

  public static void main(String[] args) {
    int code = commandLine(System.getenv()).execute(args);
    if (code != Run.RUNNING) System.exit(code);
  }

  /** The commands, over an environment. */
  static CommandLine commandLine(Map<String, String> environment) {
    return new CommandLine(Main.class, new Commands(environment))
        .setExecutionExceptionHandler(
            (e, command, parsed) -> {
              if (!(e instanceof InvalidConfiguration)) throw e;
              command.getErr().println(e.getMessage());
              return 1;
            });
  }

  /** The version of this jar. */
  static String version() {
    String version = Main.class.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }

  @Override
  public void run() {
    throw new CommandLine.ParameterException(spec.commandLine(), "Name a command.");
  }

  /** Options that say which configuration is meant. */
  static final class Configuration {
    @Option(
        names = {"-c", "--config"},
        paramLabel = "FILE",
        description = "what differs from the defaults; conf/sluice.yaml where it exists")
    Path file;

    private final Map<String, String> environment;
    private volatile List<Path> read = List.of();

    Configuration(Map<String, String> environment) {
      this.environment = environment;
    }

    Settings load(Map<String, JsonNode> arguments) {
      return read(arguments).settings();
    }

    /** A file that was found once is one that has to be there, or a reload would lose it all. */
    Loaded read(Map<String, JsonNode> arguments) {
      if (file == null && Files.exists(USUAL_FILE)) file = USUAL_FILE;
      List<String> apps = Mounts.available().stream().map(App::name).toList();
      Loaded loaded = Loaded.of(file, environment, arguments, apps);
      read = loaded.settings().files();
      return loaded;
    }

    /** Where it looks: the file, the user's own APIs, and what {@code SLUICE_…_FILE} name. */
    List<Path> files() {
      List<Path> files = new ArrayList<>(List.of(file == null ? USUAL_FILE : file));
      files.addAll(read);
      new TreeMap<>(environment)
          .forEach(
              (name, value) -> {
                boolean names = name.startsWith("SLUICE_") && name.endsWith("_FILE");
                if (names) files.add(Path.of(value));
              });
      return files;
    }

    /** The data directory, even where the rest is wrong: what runs there says what is. */
    Path data() {
      try {
        return Path.of(load(Map.of()).data());
      } catch (InvalidConfiguration e) {
        String said = environment.get("SLUICE_DATA");
        return Path.of(said != null ? said : dataOf(file).orElse("./data"));
      }
    }

    /** The file with the keyset; null where a setting has its text. */
    Path keyset(Path data) {
      String named = environment.get("SLUICE_STORE_KEYSET_FILE");
      if (named != null) return Path.of(named);
      return load(Map.of()).store().keyset().isEmpty() ? data.resolve(KeysetFile.NAME) : null;
    }

    private static Optional<String> dataOf(Path file) {
      try {
        if (file == null) return Optional.empty();
        return Optional.of(Document.read(file).at("/data").asText()).filter(d -> !d.isEmpty());
      } catch (InvalidConfiguration e) {
        return Optional.empty();
      }
    }
  }

  /** Starts the gateway. */
  @Command(name = "run", description = "Start the gateway.", mixinStandardHelpOptions = true)
  static final class Run implements Callable<Integer> {
    /** No exit code: the process lives on. */
    static final int RUNNING = -1;

    @Spec CommandSpec spec;
    @Mixin Configuration configuration;

    @Option(names = "--port", paramLabel = "N", description = "port to listen on; 0 takes any")
    Integer port;

    @Option(
        names = "--data",
        paramLabel = "DIR",
        description = "where embedded servers keep theirs")
    String data;

    @Option(names = "--sandbox", description = "simulate the providers")
    boolean sandbox;

    @Override
    public Integer call() throws Exception {
      Map<String, JsonNode> arguments = new HashMap<>();
      if (port != null && (port < 0 || port > 65_535)) {
        throw new CommandLine.ParameterException(spec.commandLine(), "--port is from 0 to 65535.");
      }
      if (port != null) arguments.put("/server/port", IntNode.valueOf(port));
      if (data != null) arguments.put("/data", TextNode.valueOf(data));
      PrintWriter err = spec.commandLine().getErr();
      Running running = Running.start(new Sources(configuration, arguments), sandbox, err);
      return running == null ? 1 : RUNNING;
    }

    /** The configuration with the command line's own settings over it. */
    private record Sources(Configuration configuration, Map<String, JsonNode> arguments)
        implements Running.Loading {
      @Override
      public Loaded load(Map<String, JsonNode> over) {
        Map<String, JsonNode> all = new HashMap<>(arguments);
        all.putAll(over);
        return configuration.read(all);
      }

      @Override
      public List<Path> files() {
        return configuration.files();
      }
    }
  }

  /** Has the running gateway read its configuration again. */
  @Command(
      name = "reload",
      description = "Have the running gateway take its changed configuration into use.",
      mixinStandardHelpOptions = true)
  static final class Reload implements Callable<Integer> {
    @Spec CommandSpec spec;
    @Mixin Configuration configuration;

    @Option(names = "--data", paramLabel = "DIR", description = "the data directory it was given")
    Path data;

    @Override
    public Integer call() {
      Path directory = data != null ? data : configuration.data();
      return ask(spec, directory, "reload", "reloaded: ", "Not reloaded, nothing has changed:\n");
    }
  }

  /** Gives the running gateway a command, and prints what comes of it. */
  private static int ask(
      CommandSpec spec, Path directory, String command, String well, String badly) {
    PrintWriter err = spec.commandLine().getErr();
    try {
      ControlSocket.Outcome outcome = ControlSocket.ask(directory, command);
      if (outcome.succeeded()) {
        spec.commandLine().getOut().println(well + outcome.text());
        return 0;
      }
      err.println(badly + outcome.text());
    } catch (IOException e) {
      err.println(
          "No gateway can be reached at the data directory "
              + directory.toAbsolutePath().normalize()
              + " ("
              + e.getMessage()
              + "). Name the one it runs with by --data, or by -c its configuration; as its own"
              + " user. \"sluice run\" starts one.");
    }
    return 1;
  }

  /** Prints a token for an operator. */
  @Command(
      name = "token",
      description = "Print a token of the running gateway's, for an operator.",
      mixinStandardHelpOptions = true)
  static final class Token implements Callable<Integer> {
    @Spec CommandSpec spec;
    @Mixin Configuration configuration;

    @Option(names = "--data", paramLabel = "DIR", description = "the data directory it was given")
    Path data;

    @Option(
        names = "--user",
        paramLabel = "EMAIL",
        required = true,
        description = "whose it is; made a user where it is none")
    String user;

    @Option(
        names = "--role",
        paramLabel = "ROLE",
        description = "a role beside those of the user, as admin; may be given again")
    List<String> roles = List.of();

    @Option(
        names = "--for",
        paramLabel = "TIME",
        defaultValue = "1h",
        description = "how long it is good: 15m, 24h at most; 1h where nothing is said")
    String lifetime;

    @Override
    public Integer call() {
      try {
        String wish = new TokenWish(user, roles, Durations.parse(lifetime)).text();
        Path directory = data != null ? data : configuration.data();
        return ask(spec, directory, "token " + wish, "", "No token: ");
      } catch (IllegalArgumentException e) {
        throw new CommandLine.ParameterException(spec.commandLine(), e.getMessage());
      }
    }
  }

  /** Finds what is wrong with a configuration. */
  @Command(
      name = "check",
      description = "Say what is wrong with the configuration and the contracts.",
      mixinStandardHelpOptions = true)
  static final class Check implements Callable<Integer> {
    @Spec CommandSpec spec;
    @Mixin Configuration configuration;

    @Override
    public Integer call() {
      Loaded loaded = configuration.read(Map.of());
      Settings settings = loaded.settings();
      Contract contract = loaded.contract();
      settings.server().tls().warnings().forEach(spec.commandLine().getErr()::println);
      int routes = settings.routes().size();
      spec.commandLine()
          .getOut()
          .println(
              "ok: "
                  + contract.operations().size()
                  + " operations of "
                  + contract.operations().stream().map(Operation::app).distinct().toList()
                  + (routes == 0 ? "" : ", " + routes + " routes to upstreams"));
      return 0;
    }
  }

  /** Prints the operations and their policies. */
  @Command(
      name = "routes",
      description = "Print the operations with their policies, and the routes to upstreams.",
      mixinStandardHelpOptions = true)
  static final class Routes implements Callable<Integer> {
    @Spec CommandSpec spec;
    @Mixin Configuration configuration;

    @Override
    public Integer call() {
      Loaded loaded = configuration.read(Map.of());
      Settings settings = loaded.settings();
      Contract contract = loaded.contract();
      PrintWriter out = spec.commandLine().getOut();
      out.print(RouteTable.of(contract));
      if (!settings.routes().isEmpty()) out.print(RouteTable.of(settings.routes()));
      out.flush();
      return 0;
    }
  }

  /** Prints the version. */
  @Command(name = "version", description = "Print the version.", mixinStandardHelpOptions = true)
  static final class ShowVersion implements Callable<Integer> {
    @Spec CommandSpec spec;

    @Override
    public Integer call() {
      spec.commandLine().getOut().println(Version.line());
      return 0;
    }
  }

  /** {@code sluice 0.1.0 (Java 17.0.15)}. */
  static final class Version implements CommandLine.IVersionProvider {
    static String line() {
      return "sluice " + version() + " (Java " + Runtime.version() + ")";
    }

    @Override
    public String[] getVersion() {
      return new String[] {line()};
    }
  }

  /** Gives commands the environment they read. */
  private record Commands(Map<String, String> environment) implements CommandLine.IFactory {
    @Override
    public <K> K create(Class<K> type) throws Exception {
      if (type == Configuration.class) return type.cast(new Configuration(environment));
      return CommandLine.defaultFactory().create(type);
    }
  }
}
