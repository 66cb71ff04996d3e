package dev.sluice.sandbox.openid;

import dev.sluice.sandbox.Answer;
import io.vertx.core.buffer.Buffer;
import java.util.Map;

/** The pages that a person sees at a simulated provider. Plain HTML, without scripts. */
final class Pages {

  private static final Map<String, String> HEADERS =
      Map.of(
          "content-type", "text/html; charset=utf-8",
          "cache-control", "no-store",
          "content-security-policy", "default-src 'none'; frame-ancestors 'none'",
          "referrer-policy", "no-referrer");

  private Pages() {}

  /**
   * Whom to sign in as.
   *
   * @param choices addresses by what is said of them
   * @param cancel where to go instead
   */
  static Answer choice(String provider, Map<String, String> choices, String cancel) {
    StringBuilder list = new StringBuilder();
    choices.forEach(
        (text, href) -> list.append("    <li>").append(link(text, href)).append("</li>\n"));
    return page(
        200,
        "Sign in with the simulated " + provider,
        "  <p>Nobody real is asked: choose who you are.</p>\n  <ul>\n"
            + list
            + "  </ul>\n  <p>"
            + link("Cancel", cancel)
            + "</p>\n");
  }

  /** Why there is no way on. A wrong address is never redirected to (RFC 6749 §4.1.2.1). */
  static Answer error(int status, String provider, String error, String description) {
    return page(
        status,
        "Access blocked by the simulated " + provider,
        "  <p role=\"alert\">"
            + escape(description)
            + "</p>\n  <p>Error: "
            + escape(error)
            + "</p>\n");
  }

  private static Answer page(int status, String title, String content) {
    String html =
        """
        <!doctype html>
        <html lang="en">
        <head>
          <meta charset="utf-8">
          <meta name="viewport" content="width=device-width, initial-scale=1">
          <title>%s</title>
        </head>
        <body>
        <main>
          <h1>%s</h1>
        %s</main>
        </body>
        </html>
        """
            .formatted(escape(title), escape(title), content);
    return new Answer(status, HEADERS, Buffer.buffer(html));
  }

  private static String link(String text, String href) {
    return "<a href=\"" + escape(href) + "\">" + escape(text) + "</a>";
  }

  /** For text and for attributes in double quotes. */
  private static String escape(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;")
        .replace("'", "&#39;");
  }
}
