package dev.sluice.contract;

import dev.sluice.conf.Document;
import dev.sluice.conf.Nearest;
import dev.sluice.contract.Policies.Stated;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Compiles how an operation is passed to its upstream, and finds what is wrong with it. */
final class Relays {
  private static final String ROOT = "/x-sluice/upstream";
  private static final Set<String> IDEMPOTENT = Set.of("GET", "PUT", "DELETE");

  /** For one connection alone, or the work of whoever writes the message (RFC 9110 §7.6.1). */
  private static final Set<String> OURS =
      Set.of(
          "connection",
          "keep-alive",
          "proxy-connection",
          "te",
          "trailer",
          "transfer-encoding",
          "upgrade",
          "http2-settings",
          "host",
          "expect",
          "content-length",
          "content-encoding",
          "accept-encoding");

  private final Known known;
  private final List<String> mistakes;

  Relays(Known known, List<String> mistakes) {
    this.known = known;
    this.mistakes = mistakes;
  }

  /** The parameters of an operation, those for the fields it passes on among them. */
  List<Parameter> parameters(Stated stated, List<Parameter> declared) {
    RelaySettings settings = stated.policy().upstream();
    if (settings == null || settings.forwardHeaders().isEmpty()) return declared;
    Map<String, Parameter> byName = new LinkedHashMap<>();
    declared.forEach(p -> byName.put(p.name().toLowerCase(Locale.ROOT), p));
    List<Parameter> all = new ArrayList<>(declared);
    for (int i = 0; i < settings.forwardHeaders().size(); i++) {
      String name = settings.forwardHeaders().get(i).toLowerCase(Locale.ROOT);
      String pointer = ROOT + "/forwardHeaders/" + i;
      checkField(stated, pointer, name);
      if (name.equals("authorization")) {
        wrong(stated, pointer, "the caller's own token is passed on by auth: passthrough");
      }
      if (name.equals("cookie") && stated.policy().cache() != null) {
        wrong(stated, pointer, "what is cached cannot depend on a cookie; set cache: none");
      }
      Parameter same = byName.get(name);
      if (same == null) all.add(Parameter.field(name));
      else if (same.in() != Parameter.In.HEADER) {
        wrong(stated, pointer, "there is a parameter " + name + " already");
      }
    }
    return all;
  }

  /** Null where no upstream is named; {@code prefix} stands before the path here. */
  Relay compile(
      Stated stated, String method, String prefix, String path, List<Parameter> parameters) {
    RelaySettings settings = stated.policy().upstream();
    if (settings == null) return null;
    Compiling compiling = new Compiling(stated, parameters);
    String verb = settings.method() == null ? method : settings.method().name();
    boolean repeatable = settings.retry() == null ? IDEMPOTENT.contains(verb) : settings.retry();
    Template target = compiling.path(settings, path);
    return new Relay(
        settings.name(),
        verb,
        target,
        compiling.each(settings.query(), "query"),
        compiling.headers(settings.headers()),
        responseHeaders(stated, settings),
        repeatable,
        new Moved(settings.prefix() == null ? "" : settings.prefix(), prefix),
        Set.copyOf(compiling.placed));
  }

  private Set<String> responseHeaders(Stated stated, RelaySettings settings) {
    Set<String> names = new HashSet<>();
    for (int i = 0; i < settings.responseHeaders().size(); i++) {
      String name = settings.responseHeaders().get(i).toLowerCase(Locale.ROOT);
      String pointer = ROOT + "/responseHeaders/" + i;
      checkField(stated, pointer, name);
      if (name.equals("set-cookie") && stated.policy().cache() != null) {
        wrong(stated, pointer, "a cookie is never stored for others; set cache: none");
      }
      names.add(name);
    }
    return names;
  }

  private void checkField(Stated stated, String pointer, String name) {
    if (!name.matches("[!#$%&'*+.^_`|~0-9A-Za-z-]+")) {
      wrong(stated, pointer, "\"" + name + "\" is no name of a header field");
    } else if (OURS.contains(name)) {
      wrong(stated, pointer, name + " is Sluice's own to write");
    }
  }

  private void wrong(Stated stated, String pointer, String reason) {
    mistakes.add(stated.document().mistake(pointer, reason));
  }

  /** One operation's templates. */
  private final class Compiling {
    private final Stated stated;
    private final Map<String, Parameter> parameters = new HashMap<>();
    private final Set<String> placed = new HashSet<>();

    Compiling(Stated stated, List<Parameter> parameters) {
      this.stated = stated;
      parameters.forEach(p -> this.parameters.putIfAbsent(p.name(), p));
    }

    Template path(RelaySettings settings, String own) {
      String written = settings.path() == null ? own : settings.path();
      String pointer = ROOT + "/path";
      if (written.contains("${")) wrong(stated, pointer, "path takes parameters alone, no ${…}");
      if (written.matches("(.*/)?\\.{1,2}(/.*)?")) wrong(stated, pointer, "path has dot segments");
      Template path = template(settings.prefix() + written, pointer);
      for (String name : path.parameters()) {
        Parameter parameter = parameters.get(name);
        if (parameter == null || parameter.required() || parameter.absent() != null) continue;
        if (parameter.in() == Parameter.In.PATH) continue;
        wrong(stated, pointer, "path needs " + name + ": make it required, or give it a default");
      }
      return path;
    }

    Map<String, Template> headers(Map<String, String> written) {
      Map<String, Template> headers = new LinkedHashMap<>();
      each(written, "headers")
          .forEach(
              (name, template) -> {
                String pointer = ROOT + "/headers" + Document.token(name);
                checkField(stated, pointer, name.toLowerCase(Locale.ROOT));
                if (!template.isField()) {
                  wrong(stated, pointer, "the value has characters that no header field may have");
                }
                headers.put(name.toLowerCase(Locale.ROOT), template);
              });
      return headers;
    }

    Map<String, Template> each(Map<String, String> written, String key) {
      Map<String, Template> templates = new LinkedHashMap<>();
      for (String name : new TreeSet<>(written.keySet())) {
        String pointer = ROOT + "/" + key + Document.token(name);
        templates.put(name, template(written.get(name), pointer));
      }
      return templates;
    }

    /** Of an operation whose callers are known, and which keeps nothing for others. */
    private void checkUser(String pointer) {
      Policy policy = stated.policy();
      if (parameters.containsKey(Relay.USER)) {
        wrong(stated, pointer, "{user} is who calls; rename the parameter that is called so");
      } else if (!pointer.startsWith(ROOT + "/headers/")) {
        wrong(stated, pointer, "{user} stands in headers alone");
      } else if (!policy.access().takesTokens()) {
        wrong(stated, pointer, "{user} is who calls; it needs auth: required or optional");
      } else if (policy.cache() != null && policy.cache().isPublic()) {
        wrong(
            stated, pointer, "what others get too cannot depend on {user}; set cache.scope: user");
      }
    }

    private Template template(String text, String pointer) {
      Template template =
          Template.of(text, known.environment(), reason -> wrong(stated, pointer, reason));
      for (String name : template.parameters()) {
        boolean declared = parameters.containsKey(name);
        if (name.equals(Relay.USER) && (!declared || stated.policy().access().takesTokens())) {
          checkUser(pointer);
        } else if (!declared) {
          String hint = Nearest.hint(name, parameters.keySet());
          wrong(stated, pointer, "there is no parameter \"" + name + "\"" + hint);
        }
        placed.add(name);
      }
      return template;
    }
  }
}
