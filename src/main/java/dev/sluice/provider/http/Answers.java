package dev.sluice.provider.http;

import dev.sluice.call.Body;
import dev.sluice.call.Cached;
import dev.sluice.call.Headers;
import dev.sluice.call.Reply;
import dev.sluice.contract.Operation;
import dev.sluice.contract.Relay;
import dev.sluice.provider.UpstreamAnswer;
import io.vertx.core.MultiMap;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Reads an upstream's answer: status and body as they are, and the fields that are passed back. */
final class Answers {
  private static final String UNKNOWN_TYPE = "application/octet-stream";

  /** What speaks of the representation or to the client, and neither of connections nor of us. */
  private static final Set<String> USUAL =
      Set.of(
          "content-language",
          "content-disposition",
          "content-range",
          "location",
          "link",
          "etag",
          "last-modified",
          "vary",
          "allow",
          "www-authenticate",
          "retry-after",
          "deprecation",
          "sunset");

  private Answers() {}

  /** Throws where it is in a coding that was not asked for: no body to pass on. */
  static Reply reply(Operation operation, UpstreamAnswer answer) {
    MultiMap fields = answer.headers();
    if (fields.contains("content-encoding")
        && (answer.flow() != null || answer.body().length() > 0)) {
      throw new IllegalStateException("content-encoding " + fields.get("content-encoding"));
    }
    List<String> kept = new ArrayList<>();
    for (Map.Entry<String, String> field : fields) {
      String name = field.getKey().toLowerCase(Locale.ROOT);
      if (!passes(operation.relay(), name)) continue;
      kept.add(name);
      boolean location = name.equals("location");
      kept.add(location ? operation.relay().moved().location(field.getValue()) : field.getValue());
    }
    if (operation.policy().cache() != null) {
      for (String field : operation.fields()) { // caches of others must keep them apart, too
        kept.add("vary");
        kept.add(field);
      }
    }
    String type = fields.get("content-type");
    if (type == null) type = UNKNOWN_TYPE;
    Body body =
        answer.flow() == null ? new Body(answer.body(), type) : Body.streamed(answer.flow(), type);
    return new Reply(answer.status(), new Headers(kept), body, storing(fields));
  }

  private static boolean passes(Relay relay, String name) {
    return USUAL.contains(name)
        || name.startsWith("ratelimit")
        || name.startsWith("x-ratelimit-")
        || relay.responseHeaders().contains(name);
  }

  /** The policy says what is stored, but not against a no-store or private (RFC 9111 §3). */
  private static Cached storing(MultiMap fields) {
    Cached word = Cached.NONE;
    for (String line : fields.getAll("cache-control")) {
      for (String directive : line.toLowerCase(Locale.ROOT).split(",")) {
        String name = directive.trim().split("\\s*=", 2)[0];
        if (name.equals("no-store")) return Cached.NO_STORE;
        if (name.equals("private")) word = Cached.PRIVATE;
      }
    }
    return word;
  }
}
