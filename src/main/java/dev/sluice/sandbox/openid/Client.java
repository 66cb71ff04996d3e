package dev.sluice.sandbox.openid;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Set;

/**
 * An application as it is registered with a provider.
 *
 * @param redirects where codes may be sent, beside this machine itself
 */
public record Client(String id, String secret, List<String> redirects) {

  private static final Set<String> LOOPBACK = Set.of("127.0.0.1", "localhost", "[::1]");

  /** The addresses of which every simulated registration has the same. */
  public static final List<String> USUAL_REDIRECTS =
      List.of(
          "http://localhost:8080/docs",
          "http://localhost:3000/callback",
          "https://app.example.com/callback");

  /** Whether codes may be sent there: registered to the letter, or any port of this machine. */
  boolean mayRedirectTo(String uri) {
    return redirects.contains(uri) || isLoopback(uri);
  }

  /** RFC 8252 §7.3: the port is the application's choice; RFC 6749 §3.1.2: no fragment. */
  private static boolean isLoopback(String text) {
    try {
      URI uri = new URI(text);
      return "http".equals(uri.getScheme())
          && uri.getHost() != null
          && LOOPBACK.contains(uri.getHost())
          && uri.getRawUserInfo() == null
          && uri.getRawFragment() == null;
    } catch (URISyntaxException e) {
      return false;
    }
  }
}
