package dev.sluice.contract;

import dev.sluice.bus.Address;
import dev.sluice.call.Call;
import dev.sluice.call.Reply;
import java.util.List;
import java.util.Locale;

/**
 * One OpenAPI operation with its policy.
 *
 * @param id the operationId
 * @param app the app whose document it stands in, or the name of a document of the user's own
 * @param method upper case
 * @param path the template, such as {@code /signaling/offer/{roomId}}
 * @param parameters what may stand in path, query and headers
 * @param body what the request body may be; null where none is taken
 * @param policy its {@code x-sluice}
 * @param relay how it is passed to its upstream; null where its app answers it
 */
public record Operation(
    String id,
    String app,
    String method,
    String path,
    List<Parameter> parameters,
    RequestBody body,
    Policy policy,
    Relay relay) {

  /** Where siblings, of this JVM or another, ask for this operation: {@code op.<operationId>}. */
  public Address<Call, Reply> door() {
    return Address.shared("op." + id, Call.class, Reply.class);
  }

  /** Where its app or its upstream answers, behind guards and cache. */
  public Address<Call, Reply> origin() {
    return Address.local("origin." + id, Call.class, Reply.class);
  }

  /** The header fields that its replies depend on, in lower case. */
  public List<String> fields() {
    return parameters.stream()
        .filter(p -> p.in() == Parameter.In.HEADER || p.in() == Parameter.In.COOKIE)
        .map(p -> p.in() == Parameter.In.COOKIE ? "cookie" : p.name().toLowerCase(Locale.ROOT))
        .distinct()
        .toList();
  }

  /**
   * What a call gives that says whose it is, beside its caller: its {@code writeOnly} parameters.
   */
  public List<String> secrets(Call call) {
    return parameters.stream()
        .filter(parameter -> parameter.schema().isSecret() && call.params().has(parameter.name()))
        .map(parameter -> call.params().text(parameter.name()))
        .toList();
  }

  /** Whether a repeat does no harm (RFC 9110 §9.2.1). */
  public boolean isSafe() {
    return method.equals("GET") || method.equals("HEAD");
  }
}
