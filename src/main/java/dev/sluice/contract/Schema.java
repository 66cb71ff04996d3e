package dev.sluice.contract;

import dev.sluice.call.Failure.Field;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.json.schema.Draft;
import io.vertx.json.schema.JsonSchema;
import io.vertx.json.schema.JsonSchemaOptions;
import io.vertx.json.schema.OutputFormat;
import io.vertx.json.schema.OutputUnit;
import io.vertx.json.schema.Validator;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * A compiled JSON Schema (2020-12, the dialect of OpenAPI 3.1) with errors in plain words.
 *
 * @param source the schema, with the components its references point into
 * @param validator finds everything that is wrong
 * @param first stops at the first thing that is wrong, and does not tell it
 * @param quick sees it at once, of schemas of the usual keywords
 */
public record Schema(
    JsonObject source, Validator validator, Validator first, QuickCheck.Check quick) {

  private static final Field SOMEWHERE =
      new Field("body", "does not fit its schema; where is told of smaller ones", null);

  /**
   * Compiles a schema whose references point into {@code components}. Throws
   * IllegalArgumentException for what is no schema.
   */
  static Schema compile(JsonObject schema, JsonObject components) {
    Keywords.check(schema);
    JsonObject whole = schema.copy().put("components", components);
    JsonObject translated = Patterns.inJava(whole);
    QuickCheck.Check quick = QuickCheck.of(translated);
    JsonSchema inJava = JsonSchema.of(translated);
    return new Schema(
        whole,
        Validator.create(inJava, options(OutputFormat.Basic)),
        Validator.create(inJava, options(OutputFormat.Flag)),
        quick);
  }

  private static JsonSchemaOptions options(OutputFormat told) {
    return new JsonSchemaOptions()
        .setDraft(Draft.DRAFT202012)
        .setBaseUri("https://sluice.dev/contract")
        .setOutputFormat(told);
  }

  /** Whether a value of it is never to be said again: {@code writeOnly}. */
  boolean isSecret() {
    return source.getBoolean("writeOnly", false);
  }

  /** Why the value is refused, or null where it is fine. */
  String refusal(Object value) {
    Object json = value instanceof List<?> list ? new JsonArray(list) : value;
    List<Field> wrong = refusals("value", json);
    if (wrong.isEmpty()) return null;
    Field first = wrong.get(0);
    String which = first.field().equals("value") ? "" : "item " + first.field() + ": ";
    return which + first.message();
  }

  /** Every field of a JSON body that breaks the schema, by dotted path. */
  List<Field> refusals(Object body) {
    return refusals("body", body);
  }

  private List<Field> refusals(String whole, Object value) {
    return told(
        whole,
        () -> {
          if (quick.fits(value)) return List.of();
          if (quick != QuickCheck.UNSURE && Outline.isNeeded(value)) return first(whole, value);
          OutputUnit unit = validator.validate(value);
          if (quick == QuickCheck.UNSURE && Boolean.TRUE.equals(unit.getValid())) return List.of();
          List<Field> wrong = Refusals.of(source, value, whole, findings(unit), field -> true);
          return wrong.isEmpty() ? List.of(Refusals.brief(whole)) : wrong;
        });
  }

  private static List<OutputUnit> findings(OutputUnit unit) {
    return unit.getErrors() == null ? List.of() : unit.getErrors();
  }

  private static List<Field> told(String whole, Supplier<List<Field>> check) {
    try {
      return check.get();
    } catch (StackOverflowError tooLong) { // the JDK's Pattern goes one deeper for each repetition
      return List.of(new Field(whole, "has a text that is too long for its pattern", null));
    }
  }

  /** Whether a JSON body keeps to the schema; without a word on why not, and so at once. */
  boolean fits(Object body) {
    try {
      if (quick != QuickCheck.UNSURE) return quick.fits(body);
      return Boolean.TRUE.equals(first.validate(body).getValid());
    } catch (StackOverflowError tooLong) {
      return false;
    }
  }

  /**
   * The first thing that breaks the schema, with what else is wrong beside it; for a large body, in
   * which to find everything would take far longer.
   */
  List<Field> firstRefusals(Object body) {
    return fits(body) ? List.of() : told("body", () -> first("body", body));
  }

  private List<Field> first(String whole, Object body) {
    if (quick == QuickCheck.UNSURE) return List.of(SOMEWHERE);
    List<Object> way = new ArrayList<>();
    quick.misfit(body, way);
    Outline outline = Outline.of(body, way);
    OutputUnit unit = validator.validate(outline.value());
    List<Field> wrong =
        Refusals.of(
            source, outline.value(), whole, findings(unit), field -> !outline.isEmptied(field));
    return wrong.isEmpty() ? List.of(Refusals.brief(outline.place(whole))) : wrong;
  }
}
