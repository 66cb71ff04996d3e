package dev.sluice.contract;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.conf.Binding;
import dev.sluice.conf.Document;
import dev.sluice.conf.Nearest;
import dev.sluice.conf.Usual;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads the {@code x-sluice} of a document's operations, each laid over the document's own. Of the
 * latter, {@code cache} goes for what can be cached alone, and what speaks of writes for the rest.
 */
final class Policies {
  private static final String ROOT = "/x-sluice";
  private static final Pattern HOLE = Pattern.compile("\\{([^{}/]+)}");

  private static final List<String> FOR_WRITES =
      List.of("invalidates", "idempotency", "async", "ordered");

  private final Source source;
  private final Known known;
  private final List<String> mistakes;

  Policies(Source source, Known known, List<String> mistakes) {
    this.source = source;
    this.known = known;
    this.mistakes = mistakes;
  }

  /**
   * A policy, null where too little of it is right, and the document, of {@code x-sluice} alone,
   * that it was read from.
   */
  record Stated(Document document, Policy policy) {
    boolean namesUpstream() {
      return !document.at(ROOT + "/upstream").isMissingNode();
    }
  }

  /** What stands before every path of the document; empty where nothing does. */
  String prefix() {
    JsonNode prefix = source.document().at(ROOT + "/prefix");
    if (prefix.isMissingNode() || prefix.isNull()) return "";
    if (prefix.isTextual() && prefix.asText().matches("(/[A-Za-z0-9._~-]+)+")) {
      return prefix.asText();
    }
    wrong(source.document(), ROOT + "/prefix", "prefix must be one such as /shop");
    return "";
  }

  /** The policy of an operation whose own stands at a pointer. */
  Stated read(String pointer, String method) {
    Map<String, String> places = new HashMap<>();
    ObjectNode usual = copy(ROOT, places);
    usual.remove("prefix");
    usual.remove(method.equals("get") ? FOR_WRITES : List.of("cache"));
    ObjectNode own = copy(pointer, places);
    ObjectNode whole = JsonNodeFactory.instance.objectNode();
    JsonNode off = own.path("cache");
    if (off.isTextual() && off.asText().equals("none")) {
      usual.remove("cache");
      own.remove("cache");
    }
    whole.set("x-sluice", usual);
    String file = source.document().file();
    Document over =
        new Document(file, JsonNodeFactory.instance.objectNode().set("x-sluice", own), Map.of());
    Document document = new Document(file, whole, places).overlay(over);
    Policy policy = Binding.bind(document, ROOT, Policy.class, Usual.NONE, mistakes);
    return new Stated(document, policy);
  }

  /**
   * An x-sluice with an upstream's plain name in its long form, and where each key of it stands.
   */
  private ObjectNode copy(String pointer, Map<String, String> places) {
    JsonNode stated = source.document().at(pointer);
    if (!stated.isMissingNode() && !stated.isNull() && !stated.isObject()) {
      wrong(source.document(), pointer, "x-sluice must hold keys and values");
    }
    if (!stated.isObject()) return JsonNodeFactory.instance.objectNode();
    note(stated, pointer, ROOT, places);
    ObjectNode copy = stated.deepCopy();
    JsonNode upstream = copy.path("upstream");
    if (upstream.isTextual()) copy.putObject("upstream").set("name", upstream);
    return copy;
  }

  private void note(JsonNode node, String from, String to, Map<String, String> places) {
    String place = source.document().places().get(from);
    if (place != null) places.put(to, place);
    for (Map.Entry<String, JsonNode> entry : node.properties()) {
      String token = Document.token(entry.getKey());
      note(entry.getValue(), from + token, to + token, places);
    }
    for (int i = 0; node.isArray() && i < node.size(); i++) {
      note(node.get(i), from + "/" + i, to + "/" + i, places);
    }
  }

  /** Holds what a policy names against the configuration. */
  void check(Stated stated) {
    Policy policy = stated.policy;
    if (!policy.limit().equals("none") && !known.limits().contains(policy.limit())) {
      String hint = Nearest.hint(policy.limit(), known.limits());
      String reason = "there is no limit class \"" + policy.limit() + "\"" + hint;
      wrong(stated.document, ROOT + "/limit", reason);
    }
    if (policy.access().takesTokens() && !known.takesTokens()) {
      wrong(stated.document, ROOT + "/auth", Known.NO_ISSUER);
    }
    if (policy.idempotency() != null) checkKept(stated, "/idempotency");
    if (policy.async()) checkKept(stated, "/async");
    RelaySettings upstream = policy.upstream();
    if (upstream != null && !known.upstreams().contains(upstream.name())) {
      String hint = Nearest.hint(upstream.name(), known.upstreams());
      String reason = "there is no upstream \"" + upstream.name() + "\"" + hint;
      wrong(stated.document, ROOT + "/upstream/name", reason);
    }
  }

  private void checkKept(Stated stated, String key) {
    if (!known.keepsCalls()) wrong(stated.document, ROOT + key, Known.NO_TRAFFIC);
  }

  /** Holds a policy against the operation it is for. */
  void check(Stated stated, String method, List<Parameter> parameters) {
    Policy policy = stated.policy;
    Names names = new Names(stated.document, new TreeSet<>());
    parameters.forEach(p -> names.known.add(p.name()));
    names.checkTags(policy.invalidates(), ROOT + "/invalidates");
    names.check(policy.exactlyOneOf(), ROOT + "/exactlyOneOf");
    checkWrites(stated, method);
    if (policy.cache() == null) return;
    checkCache(stated, method);
    names.checkTags(policy.cache().tags(), ROOT + "/cache/tags");
    names.check(policy.cache().bypass(), ROOT + "/cache/bypass");
  }

  /** A schema that nothing checks would only look as if it did. */
  void checkStreams(Stated stated, RequestBody body) {
    if (!stated.policy.streamsRequest()) return;
    String pointer = ROOT + "/streams";
    if (body == null) {
      String reason = "there is no requestBody to stream; declare the media types that are taken";
      wrong(stated.document, pointer, reason);
    } else if (body.schema() != null) {
      String reason =
          "a streamed body is not held against its schema; take the schema of application/json"
              + " out, or streams";
      wrong(stated.document, pointer, reason);
    }
  }

  /** What changes nothing can be asked again as it is (RFC 9110 §9.2.1), and at once. */
  private void checkWrites(Stated stated, String method) {
    if (!method.equals("get")) return;
    if (stated.policy.idempotency() != null) {
      wrong(stated.document, ROOT + "/idempotency", "a GET needs no key to be repeated");
    }
    if (stated.policy.async()) {
      wrong(stated.document, ROOT + "/async", "a GET changes nothing that could be done later");
    }
  }

  private void checkCache(Stated stated, String method) {
    Policy policy = stated.policy;
    String pointer = ROOT + "/cache";
    if (!method.equals("get")) {
      String verb = method.toUpperCase(Locale.ROOT);
      wrong(stated.document, pointer, "only GET can be cached; " + verb + " changes something");
    }
    boolean open = policy.cache().isPublic();
    if (policy.auth() == Access.Auth.PASSTHROUGH && open) {
      String reason =
          "replies made with the caller's own token must not be shared; set cache.scope: user";
      wrong(stated.document, pointer, reason);
    }
    boolean said = !stated.document.at(pointer + "/scope").isMissingNode();
    if (policy.access().takesTokens() && !said) {
      String reason =
          "say whether callers share what is stored; set cache.scope: user, or public where the"
              + " reply is the same for all who may call";
      wrong(stated.document, pointer, reason);
    }
    if (policy.auth() == Access.Auth.NONE && !open) {
      String reason = "cache.scope is user, but auth is none: there is no user to keep it for";
      wrong(stated.document, pointer, reason);
    }
  }

  private void wrong(Document document, String pointer, String reason) {
    mistakes.add(document.mistake(pointer, reason));
  }

  /** The parameters that a policy may name. */
  private final class Names {
    private final Document document;
    private final Set<String> known;

    Names(Document document, Set<String> known) {
      this.document = document;
      this.known = known;
    }

    void check(List<String> named, String pointer) {
      for (int i = 0; i < named.size(); i++) check(named.get(i), pointer + "/" + i);
    }

    void checkTags(List<String> tags, String pointer) {
      for (int i = 0; i < tags.size(); i++) {
        for (Matcher m = HOLE.matcher(tags.get(i)); m.find(); ) {
          if (!m.group(1).equals("user")) check(m.group(1), pointer + "/" + i);
        }
      }
    }

    private void check(String name, String pointer) {
      if (known.contains(name)) return;
      String hint = Nearest.hint(name, known);
      wrong(document, pointer, "there is no parameter \"" + name + "\"" + hint);
    }
  }
}
