package dev.sluice.sandbox.openid;

import dev.sluice.sandbox.Answer;
import io.vertx.core.buffer.Buffer;
import java.util.Base64;
import java.util.Map;

/** The pages that a person sees at a simulated provider. Plain HTML, without scripts. */
final class Pages {

  /** Links far enough apart to be hit with a finger (WCAG 2.2, 2.5.8). */
  private static final String STYLE =
      ":root { color-scheme: light dark }"
          + " body { font: 1.125rem/1.6 system-ui, sans-serif; margin: 2rem auto;"
          + " max-width: 40rem; padding: 0 1rem }"
          + " a { display: inline-block; padding: .25rem 0 }";

  private static final Map<String, String> HEADERS =
      Map.of(
          "content-type", "text/html; charset=utf-8",
          "cache-control", "no-store",
          "content-security-policy",
              "default-src 'none'; frame-ancestors 'none'; style-src 'sha256-" + digest() + "'",
          "referrer-policy", "no-referrer");

  private Pages() {}

  /** The one style that a browser may take from a page (CSP Level 3 §2.3.1). */
  private static String digest() {
    return Base64.getEncoder().encodeToString(Digests.sha256(STYLE));
  }

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
          <style>%s</style>
        </head>
        <body>
        <main>
          <h1>%s</h1>
        %s</main>
        </body>
        </html>
        """
            .formatted(escape(title), STYLE, escape(title), content);
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
