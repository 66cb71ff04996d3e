package dev.sluice.contract;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.json.Json;
import io.vertx.core.json.JsonObject;
import io.vertx.json.schema.Draft;
import io.vertx.json.schema.JsonSchema;
import io.vertx.json.schema.JsonSchemaOptions;
import io.vertx.json.schema.OutputFormat;
import io.vertx.json.schema.Validator;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** It says what the validator says, of every schema and value there are here. */
class QuickCheckTest {
  private static final List<String> SCHEMAS =
      List.of(
          "{}",
          "{'type':'object'}",
          "{'type':['string','null']}",
          "{'type':'integer','minimum':0,'maximum':5}",
          "{'type':'number'}",
          "{'type':'number','minimum':1}",
          "{'type':'number','minimum':0.5,'maximum':2.5}",
          "{'enum':[1.0,2.5]}",
          "{'items':{'uniqueItems':true}}",
          "{'enum':['a',1,true,null]}",
          "{'const':'a'}",
          "{'const':1}",
          "{'pattern':'^a'}",
          "{'type':'string','minLength':2,'maxLength':3}",
          "{'required':['a'],'properties':{'a':{'type':'string'}},'additionalProperties':false}",
          "{'properties':{'a':{'$ref':'#'}},'additionalProperties':{'type':'integer'}}",
          "{'properties':{'a':false}}",
          "{'propertyNames':{'maxLength':1},'maxProperties':2,'minProperties':1}",
          "{'type':'array','items':{'type':'integer'},'minItems':1,'maxItems':2}",
          "{'items':{'$ref':'#/components/schemas/N'},'components':{'schemas':{'N':{'properties':"
              + "{'next':{'$ref':'#/components/schemas/N'},'v':{'type':'integer'}},"
              + "'required':['v']}}}}",
          "{'title':'x','x-y':1,'description':'d','default':7,'type':'boolean'}",
          "{'allOf':[{'type':'string'}]}",
          "{'type':'string','format':'date'}",
          "{'uniqueItems':true}",
          "{'multipleOf':2}");

  private static final List<String> VALUES =
      List.of(
          "null",
          "true",
          "false",
          "0",
          "1",
          "1.0",
          "2.5",
          "-1",
          "6",
          "99999999999999999999",
          "1e300",
          "'a'",
          "''",
          "'ab'",
          "'\uD83D\uDE00\uD83D\uDE00'",
          "'abcd'",
          "'ba'",
          "'2026-13-01'",
          "[]",
          "[1]",
          "[1,1]",
          "[1,2,3]",
          "[1,1.0]",
          "[1,'1',true,null,[1],{'a':1}]",
          "[[1,1.0]]",
          "[[{'a':1,'b':[2]},{'b':[2.0],'a':1}]]",
          "[[{'a':1,'b':2},{'a':1,'b':'2'}]]",
          "[[['a','b'],['a','b']]]",
          "[['ab',['a','b'],null,'null']]",
          "['a']",
          "[{'v':1}]",
          "[{'v':1,'next':{'v':2}}]",
          "[{'v':1,'next':{'v':'x'}}]",
          "{}",
          "{'a':'x'}",
          "{'a':1}",
          "{'a':null}",
          "{'a':{'a':{}}}",
          "{'a':{'b':'x'}}",
          "{'b':2}",
          "{'b':'x'}",
          "{'long':1}",
          "{'a':'x','b':1,'c':2}");

  @Test
  void itSaysWhatTheValidatorSays() {
    List<String> wrong = new ArrayList<>();
    int seen = 0;
    for (String schema : SCHEMAS) {
      JsonObject parsed = new JsonObject(json(schema));
      QuickCheck.Check quick = QuickCheck.of(parsed);
      if (quick == QuickCheck.UNSURE) continue;
      Validator validator =
          Validator.create(
              JsonSchema.of(parsed.copy()),
              new JsonSchemaOptions()
                  .setDraft(Draft.DRAFT202012)
                  .setBaseUri("https://sluice.dev/test")
                  .setOutputFormat(OutputFormat.Flag));
      for (String value : VALUES) {
        Object read = Json.decodeValue(json(value));
        seen++;
        if (quick.fits(read) != validator.validate(read).getValid()) {
          wrong.add(value + " by " + schema);
        }
      }
    }
    assertTrue(wrong.isEmpty(), wrong.toString());
    assertTrue(seen > 200, "only " + seen + " were seen");
  }

  @ParameterizedTest
  @ValueSource(strings = {"allOf", "not", "format", "patternProperties", "if"})
  void anUnusualKeywordIsTheValidators(String keyword) {
    JsonObject schema = new JsonObject().put("type", "object");
    schema.put("properties", new JsonObject().put("a", new JsonObject().put(keyword, true)));
    assertSame(QuickCheck.UNSURE, QuickCheck.of(schema));
  }

  @Test
  void theUsualIsSeen() {
    JsonObject schema =
        new JsonObject(json("{'type':'object','properties':{'n':{'type':'integer','minimum':1}}}"));
    QuickCheck.Check quick = QuickCheck.of(schema);
    assertTrue(quick.fits(new JsonObject().put("n", 1)));
    assertFalse(quick.fits(new JsonObject().put("n", 0)));
    assertFalse(quick.fits(new JsonObject().put("n", 1.5)));
  }

  private static String json(String text) {
    return text.replace('\'', '"');
  }
}
