package dev.sluice.harness;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType.LaunchOptions;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.options.Cookie;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The Chromium of this machine, and what its pages may do. */
public final class Chromium implements AutoCloseable {
  private static final Path PROGRAM = Path.of("/usr/bin/chromium");
  private static final List<String> ARGUMENTS =
      List.of(
          "--no-sandbox",
          "--disable-gpu",
          "--disable-quic",
          "--disable-background-networking",
          "--disable-component-update");
  private static final String FETCH =
      """
      async ([method, uri, body, headers, credentials]) => {
        const typed = body ? { 'Content-Type': 'application/json', ...headers } : headers;
        const answer = await fetch(uri, { method, headers: typed, body, credentials });
        return JSON.stringify({ status: answer.status, text: await answer.text() });
      }
      """;

  private final Playwright playwright;
  private final Browser browser;

  /** Starts it, with more arguments; skips the test where there is none. */
  public Chromium(String... more) {
    assumeTrue(Files.exists(PROGRAM), "needs Chromium: apt-get install chromium");
    List<String> arguments = new ArrayList<>(ARGUMENTS);
    arguments.addAll(List.of(more));
    Map<String, String> environment = Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1");
    playwright = Playwright.create(new Playwright.CreateOptions().setEnv(environment));
    browser =
        playwright
            .chromium()
            .launch(new LaunchOptions().setExecutablePath(PROGRAM).setArgs(arguments));
  }

  /** Cookies of its own, as another person's browser. */
  public BrowserContext person() {
    return browser.newContext();
  }

  /** What a fetch of a page's own is answered. */
  public record Fetched(int status, String text) {
    public JsonObject json() {
      return new JsonObject(text);
    }

    public String code() {
      return json().getJsonObject("error").getString("code");
    }
  }

  /** A script of the page asks; throws where the browser does not let it have the answer. */
  public static Fetched fetch(
      Page page, String method, String uri, JsonObject body, Map<String, String> headers) {
    List<Object> asked = new ArrayList<>(List.of(method, uri));
    asked.add(body == null ? null : body.encode());
    asked.add(headers);
    asked.add("include");
    JsonObject answer = new JsonObject((String) page.evaluate(FETCH, asked));
    return new Fetched(answer.getInteger("status"), answer.getString("text"));
  }

  public static Optional<Cookie> cookie(BrowserContext person, String name) {
    return person.cookies().stream().filter(cookie -> cookie.name.equals(name)).findFirst();
  }

  @Override
  public void close() {
    browser.close();
    playwright.close();
  }
}
