package dev.sluice.app.studio;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;

/**
 * One call of an operation and what it must be answered. Texts may have {@code ${…}}: what an
 * example before has kept, a {@code ${code:address}} that was mailed, or {@code ${letters:n}}.
 *
 * @param operation the operationId
 * @param about what it is an example of, for people
 * @param as who asks; somebody who has not signed in where it is none of those who have
 * @param params of path and query
 * @param body JSON
 * @param text a body that is no JSON, in the place of one that is
 * @param status of the answer
 * @param code of the error
 * @param has what the answer's body has, among more
 * @param keep names for parts of the answer's body, by dotted path
 */
record Example(
    String operation,
    String about,
    String as,
    Map<String, Object> params,
    Map<String, String> headers,
    Object body,
    String text,
    int status,
    String code,
    Object has,
    Map<String, String> keep) {

  Example {
    as = as == null ? "nobody" : as;
    params = params == null ? Map.of() : params;
    headers = headers == null ? Map.of() : headers;
    keep = keep == null ? Map.of() : keep;
  }

  /** All of them, in the order in which they are tried. */
  static List<Example> all() {
    try (InputStream in = Example.class.getResourceAsStream("/studio/examples.yaml")) {
      return new YAMLMapper().readValue(in, new TypeReference<List<Example>>() {});
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  boolean isSuccess() {
    return status < 300;
  }

  String title() {
    return operation + " " + status + (code == null ? "" : " " + code) + ": " + about;
  }
}
