package dev.sluice;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sluice.harness.RunningGateway;
import dev.sluice.harness.WithGateway;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The contract as a browser renders it, under the page's own Content-Security-Policy. */
@ExtendWith(WithGateway.class)
class DocsPageIT {
  private static final Path CHROMIUM = Path.of("/usr/bin/chromium");
  @TempDir Path profile;

  @Test
  void theOperationsAreThereToRead(RunningGateway gateway) throws Exception {
    assumeTrue(Files.exists(CHROMIUM), "needs Chromium: apt-get install chromium");
    Path screenshot = Path.of("target", "docs.png").toAbsolutePath();
    String url = "http://127.0.0.1:" + gateway.port() + "/docs";
    String dom = chromium(url, "--dump-dom");
    assertTrue(dom.contains("Clips of a channel, most viewed first"), dom);
    assertTrue(dom.contains("opblock"), "rendered by Swagger UI");
    chromium(url, "--screenshot=" + screenshot);
    assertTrue(Files.size(screenshot) > 20_000, "a picture to look at: " + screenshot);
  }

  private String chromium(String url, String action) throws Exception {
    Path out = profile.resolve("out.txt");
    Process browser =
        new ProcessBuilder(
                List.of(
                    CHROMIUM.toString(),
                    "--headless",
                    "--no-sandbox",
                    "--disable-gpu",
                    "--disable-quic",
                    "--no-first-run",
                    "--disable-background-networking",
                    "--disable-component-update",
                    "--disable-sync",
                    "--virtual-time-budget=10000",
                    "--window-size=1280,1000",
                    "--user-data-dir=" + profile.resolve("profile"),
                    action,
                    url))
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .redirectOutput(out.toFile())
            .start();
    try {
      assertTrue(browser.waitFor(60, TimeUnit.SECONDS), "Chromium did not end");
    } finally {
      browser.destroyForcibly();
    }
    return Files.readString(out, StandardCharsets.UTF_8);
  }
}
