package dev.sluice.app.studio.sync;

import com.fasterxml.jackson.databind.JsonNode;

/** What differs between two JSON values, as JSON Patch (RFC 6902). Pure, in linear time. */
public final class Diff {
  private Diff() {}

  /** The patch that makes one into the other. */
  public static JsonNode between(JsonNode from, JsonNode to) {
    throw new UnsupportedOperationException();
  }
}
