package dev.sluice.provider.http;

import dev.sluice.call.Call;
import dev.sluice.call.Failure;
import dev.sluice.call.Headers;
import dev.sluice.call.Params;
import dev.sluice.contract.Operation;
import dev.sluice.contract.Parameter;
import dev.sluice.contract.Relay;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Writes the header fields of a request to an upstream. Pure. */
final class RequestFields {
  private RequestFields() {}

  /**
   * By name in lower case. Those of the way, then the caller's token and header parameters, the key
   * its repeats go by, which is no other caller's, and over all of them what the contract sets.
   * Throws {@link Failure} VALIDATION_ERROR.
   */
  static Map<String, String> of(Operation operation, Call call) {
    Relay relay = operation.relay();
    Map<String, String> fields = new LinkedHashMap<>();
    fields.put("user-agent", "Sluice");
    fields.put("via", "1.1 Sluice");
    fields.put("x-request-id", call.trace().requestId());
    fields.put("traceparent", call.trace().traceparent());
    // what is stored is nobody's in particular
    boolean shared = operation.policy().cache() != null;
    if (!shared && !call.caller().peer().address().isEmpty()) {
      fields.put("x-forwarded-for", call.caller().peer().address());
    }
    if (call.caller().token() != null) {
      fields.put("authorization", "Bearer " + call.caller().token());
    }
    for (Parameter parameter : operation.parameters()) {
      boolean stays = parameter.in() == Parameter.In.HEADER;
      Object value = call.params().values().get(parameter.name());
      if (!stays || value == null || relay.placed().contains(parameter.name())) continue;
      put(fields, parameter.name(), parameter.text(value));
    }
    if (operation.policy().idempotency() != null && call.wish().claim() != null) {
      fields.putIfAbsent("idempotency-key", call.wish().claim().id());
    }
    Params given = given(operation, call);
    relay
        .headers()
        .forEach(
            (name, template) -> {
              String value = template.fill(given, Targets::text);
              if (template.isEmpty()) fields.remove(name);
              else if (value != null) put(fields, name, value);
            });
    return fields;
  }

  /** The parameters, and {@code {user}} where it is known who calls. */
  private static Params given(Operation operation, Call call) {
    boolean known = operation.policy().access().takesTokens() && !call.caller().isAnonymous();
    if (!known) return call.params();
    Map<String, Object> given = new HashMap<>(Map.of(Relay.USER, call.caller().subject()));
    given.putAll(call.params().values());
    return Params.of(given);
  }

  static Headers headers(Map<String, String> fields) {
    List<String> flat = new ArrayList<>(2 * fields.size());
    fields.forEach(
        (name, value) -> {
          flat.add(name);
          flat.add(value);
        });
    return new Headers(flat);
  }

  /** A line break in a value would be another field (RFC 9110 §5.5); what is in it is not told. */
  private static void put(Map<String, String> fields, String name, String value) {
    if (!value.chars().allMatch(c -> c >= ' ' && c <= 0xff && c != 0x7f || c == '\t')) {
      throw Failure.invalid(name, "has characters that no header field may have", null);
    }
    fields.put(name.toLowerCase(Locale.ROOT), value);
  }
}
