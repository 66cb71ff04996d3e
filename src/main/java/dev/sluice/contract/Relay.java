package dev.sluice.contract;

import java.util.Map;
import java.util.Set;

/**
 * How an operation is passed to its upstream. Parameters go where the templates put them; one that
 * no template names stays where the contract has it, in the query or in a header field.
 *
 * @param upstream its name
 * @param method the method it is asked by
 * @param path the whole path there
 * @param query parameters that are set, by name
 * @param headers fields that are set, by name in lower case; an empty one takes the field out
 * @param responseHeaders names of the fields that are passed back beside the usual, in lower case
 * @param repeatable whether a failed attempt may be repeated
 * @param moved where the paths there are here
 * @param placed the parameters that a template has put somewhere
 */
public record Relay(
    String upstream,
    String method,
    Template path,
    Map<String, Template> query,
    Map<String, Template> headers,
    Set<String> responseHeaders,
    boolean repeatable,
    Moved moved,
    Set<String> placed) {

  /** What stands for the caller's subject in a field that is set. */
  public static final String USER = "user";
}
