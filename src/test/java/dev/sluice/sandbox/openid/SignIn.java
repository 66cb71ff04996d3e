package dev.sluice.sandbox.openid;

import dev.sluice.sandbox.Reply;
import dev.sluice.sandbox.RunningSandbox;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.netty.handler.codec.http.QueryStringEncoder;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** An application that signs people in with a simulated provider, step by step. */
public final class SignIn {

  public static final String VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
  public static final String CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
  public static final String REDIRECT = "https://app.example.com/callback";

  private final RunningSandbox sandbox;
  private final String authorizePath;
  private final String tokenPath;
  private final Map<String, String> request = new LinkedHashMap<>();
  private final Map<String, String> credentials;

  /** Of the client with that id and secret. */
  public SignIn(
      RunningSandbox sandbox, String authorizePath, String tokenPath, String id, String secret) {
    this.sandbox = sandbox;
    this.authorizePath = authorizePath;
    this.tokenPath = tokenPath;
    this.credentials = Map.of("client_id", id, "client_secret", secret);
    request.put("client_id", id);
    request.put("redirect_uri", REDIRECT);
    request.put("response_type", "code");
    request.put("scope", "openid email profile");
    request.put("state", "s&1");
    request.put("nonce", "n-1");
    request.put("code_challenge", CHALLENGE);
    request.put("code_challenge_method", "S256");
  }

  /** With a parameter changed, added, or taken away by an empty value. */
  public SignIn with(String name, String value) {
    SignIn other =
        new SignIn(
            sandbox,
            authorizePath,
            tokenPath,
            credentials.get("client_id"),
            credentials.get("client_secret"));
    other.request.clear();
    other.request.putAll(request);
    other.request.put(name, value);
    return other;
  }

  /** The authorization request. */
  public Reply authorize() {
    return sandbox.send("GET", encoded(authorizePath, request), null);
  }

  /** What the provider sends back to the application. */
  public Map<String, List<String>> back(String email) {
    return query(with("login", email).authorize());
  }

  /** What a redirect to the application says. */
  public static Map<String, List<String>> query(Reply reply) {
    if (reply.status() != 302 || !reply.header("location").startsWith(REDIRECT + "?")) {
      throw new AssertionError(reply.status() + " " + reply.body());
    }
    return new QueryStringDecoder(URI.create(reply.header("location"))).parameters();
  }

  public String code(String email) {
    return back(email).get("code").get(0);
  }

  /** A request to the token endpoint with the client's credentials in the form. */
  public Reply token(String... namesAndValues) {
    Map<String, String> form = new LinkedHashMap<>(credentials);
    for (int i = 0; i < namesAndValues.length; i += 2) {
      form.put(namesAndValues[i], namesAndValues[i + 1]);
    }
    return sandbox.postForm(tokenPath, encoded("", form).substring(1));
  }

  public Reply redeem(String code) {
    return token(
        "grant_type",
        "authorization_code",
        "code",
        code,
        "redirect_uri",
        REDIRECT,
        "code_verifier",
        VERIFIER);
  }

  public Reply refresh(String token) {
    return token("grant_type", "refresh_token", "refresh_token", token);
  }

  /** The tokens of somebody who signs in. */
  public JsonObject tokens(String email) {
    Reply reply = redeem(code(email));
    if (reply.status() != 200) {
      throw new AssertionError(reply.body());
    }
    return reply.json();
  }

  /** What an ID token says, unproven. */
  public static JsonObject claims(String idToken) {
    return new JsonObject(new String(Base64.getUrlDecoder().decode(idToken.split("\\.")[1])));
  }

  private static String encoded(String path, Map<String, String> parameters) {
    QueryStringEncoder uri = new QueryStringEncoder(path);
    parameters.forEach(
        (name, value) -> {
          if (!value.isEmpty()) {
            uri.addParam(name, value);
          }
        });
    return uri.toString();
  }
}
