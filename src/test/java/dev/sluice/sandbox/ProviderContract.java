package dev.sluice.sandbox;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.json.schema.Draft;
import io.vertx.json.schema.JsonSchema;
import io.vertx.json.schema.JsonSchemaOptions;
import io.vertx.json.schema.OutputFormat;
import io.vertx.json.schema.OutputUnit;
import io.vertx.json.schema.Validator;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/** A provider's OpenAPI document, to check requests and replies against, when it is at hand. */
public final class ProviderContract {

  private static final Path CONTRACTS = Path.of("../shared/contracts");
  private static final Optional<ProviderContract> LOADED = named("twitch");

  private final JsonObject document;
  private final Map<String, Validator> validators = new HashMap<>();

  private ProviderContract(JsonObject document) {
    this.document = document;
  }

  public static Optional<ProviderContract> twitch() {
    return LOADED;
  }

  /** That of another provider, by the name of its file. */
  public static Optional<ProviderContract> named(String name) {
    Path file = CONTRACTS.resolve(name + ".yaml");
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    try {
      Object yaml = new ObjectMapper(new YAMLFactory()).readTree(file.toFile());
      return Optional.of(new ProviderContract(new JsonObject(yaml.toString())));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Operation names with the statuses that are documented for them. */
  public Map<String, TreeSet<String>> operations() {
    Map<String, TreeSet<String>> operations = new TreeMap<>();
    JsonObject paths = document.getJsonObject("paths");
    for (String path : paths.fieldNames()) {
      for (Map.Entry<String, Object> entry : paths.getJsonObject(path)) {
        if (entry.getValue() instanceof JsonObject operation) {
          operations.put(
              operation.getString("operationId"),
              new TreeSet<>(operation.getJsonObject("responses").fieldNames()));
        }
      }
    }
    return operations;
  }

  /**
   * Fails unless the reply is one that the contract allows, and a good reply was well asked for.
   */
  public void check(String method, URI uri, String body, Reply reply) {
    JsonObject operation = operation(method, uri);
    JsonObject response =
        operation == null
            ? null
            : operation.getJsonObject("responses").getJsonObject("" + reply.status());
    if (response == null) {
      boolean helix = uri.getPath().startsWith("/helix/");
      valid("#/components/schemas/" + (helix ? "HelixError" : "IdError"), reply.body());
      return;
    }
    checkReply(response, reply);
    if (reply.status() == 200) {
      checkRequest(method, uri, body);
    }
  }

  /** Fails unless the contract has the operation, and allows its parameters. */
  public void checkRequest(String method, URI uri, String body) {
    JsonObject operation = operation(method, uri);
    assertNotNull(operation, () -> method + " " + uri);
    Map<String, Object> sent = query(uri.getRawQuery());
    checkParameters(operation, sent);
    if (operation.getBoolean("x-query-instead-of-body", false)) {
      sent.putAll(query(body));
      valid("#/components/schemas/TokenRequest", new JsonObject(sent).encode());
    }
  }

  /** Fails unless the body is what the contract calls by that name. */
  public void checkSchema(String name, String body) {
    valid("#/components/schemas/" + name, body);
  }

  private JsonObject operation(String method, URI uri) {
    JsonObject path = document.getJsonObject("paths").getJsonObject(uri.getPath());
    return path == null ? null : path.getJsonObject(method.toLowerCase(Locale.ROOT));
  }

  private void checkReply(JsonObject response, Reply reply) {
    JsonObject content = response.getJsonObject("content");
    if (content == null) {
      assertEquals("", reply.body());
    } else {
      assertTrue(reply.header("content-type").startsWith("application/json"));
      JsonObject schema = content.getJsonObject("application/json").getJsonObject("schema");
      valid(schema.getString("$ref"), reply.body());
    }
    for (String header : response.getJsonObject("headers", new JsonObject()).fieldNames()) {
      assertNotNull(reply.header(header), header);
      Integer.parseInt(reply.header(header));
    }
  }

  /** Unknown parameters pass: Twitch ignores them. */
  private void checkParameters(JsonObject operation, Map<String, Object> sent) {
    for (Object one : operation.getJsonArray("parameters", new JsonArray())) {
      JsonObject parameter = (JsonObject) one;
      Object value = sent.get(parameter.getString("name"));
      assertTrue(value != null || !parameter.getBoolean("required", false), parameter.encode());
      String type = parameter.getJsonObject("schema").getString("type");
      if (value != null && (type.equals("integer") || type.equals("boolean"))) {
        Object typed = Json.decodeValue(value.toString());
        assertErrorless(validator(parameter.getJsonObject("schema")).validate(typed), typed);
      }
    }
  }

  private static Map<String, Object> query(String encoded) {
    Map<String, Object> values = new HashMap<>();
    if (encoded != null) {
      for (String pair : encoded.split("&")) {
        int equals = pair.indexOf('=');
        String value = pair.substring(equals + 1);
        values.put(pair.substring(0, equals), URLDecoder.decode(value, StandardCharsets.UTF_8));
      }
    }
    return values;
  }

  private void valid(String ref, String body) {
    Validator validator =
        validators.computeIfAbsent(ref, r -> validator(document.copy().put("$ref", r)));
    assertErrorless(validator.validate(Json.decodeValue(body)), body);
  }

  private static Validator validator(JsonObject schema) {
    return Validator.create(
        JsonSchema.of(schema),
        new JsonSchemaOptions()
            .setBaseUri("https://contract.example/")
            .setDraft(Draft.DRAFT202012)
            .setOutputFormat(OutputFormat.Basic));
  }

  private static void assertErrorless(OutputUnit outcome, Object what) {
    assertTrue(outcome.getValid(), () -> outcome.getErrors() + " in " + what);
  }
}
