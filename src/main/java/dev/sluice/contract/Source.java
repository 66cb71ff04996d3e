package dev.sluice.contract;

import dev.sluice.conf.Document;

/**
 * An OpenAPI document and whose it is.
 *
 * @param name the app's, or a user's own document's; operations and components go by it
 * @param document the content
 * @param handled whether an app has a handler for each operation that names no upstream; a document
 *     of the user's own has no handlers, so that each operation must name one
 */
public record Source(String name, Document document, boolean handled) {

  public static Source ofApp(String name, Document document) {
    return new Source(name, document, true);
  }

  public static Source own(String name, Document document) {
    return new Source(name, document, false);
  }
}
