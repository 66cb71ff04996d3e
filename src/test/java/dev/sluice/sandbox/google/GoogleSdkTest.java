package dev.sluice.sandbox.google;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.api.client.auth.oauth2.TokenResponseException;
import com.google.api.client.auth.openidconnect.IdTokenVerifier;
import com.google.api.client.googleapis.auth.oauth2.GoogleAuthorizationCodeFlow;
import com.google.api.client.googleapis.auth.oauth2.GoogleIdToken;
import com.google.api.client.googleapis.auth.oauth2.GoogleRefreshTokenRequest;
import com.google.api.client.googleapis.auth.oauth2.GoogleTokenResponse;
import com.google.api.client.http.GenericUrl;
import com.google.api.client.http.javanet.NetHttpTransport;
import com.google.api.client.json.gson.GsonFactory;
import dev.sluice.sandbox.Reply;
import dev.sluice.sandbox.RunningSandbox;
import dev.sluice.sandbox.Sandbox;
import dev.sluice.sandbox.openid.SignIn;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Google's own client works here, pointed at the sandbox's addresses only. */
class GoogleSdkTest {

  @RegisterExtension static final RunningSandbox sandbox = new RunningSandbox();

  private static final NetHttpTransport TRANSPORT = new NetHttpTransport();
  private static final GsonFactory JSON = GsonFactory.getDefaultInstance();

  private String url;
  private GoogleAuthorizationCodeFlow flow;

  @BeforeEach
  void connect() {
    url = sandbox.sandbox().url();
    flow =
        new GoogleAuthorizationCodeFlow.Builder(
                TRANSPORT,
                JSON,
                Sandbox.GOOGLE_CLIENT_ID,
                Sandbox.GOOGLE_CLIENT_SECRET,
                List.of("openid", "email", "profile"))
            .setAccessType("offline")
            .setAuthorizationServerEncodedUrl(url + "/o/oauth2/v2/auth")
            .setTokenServerUrl(new GenericUrl(url + "/token"))
            .build();
  }

  @Test
  void signsInAndProvesWhoItIs() throws IOException {
    GoogleTokenResponse tokens = redeem(code("ada@example.com"));
    GoogleIdToken idToken = tokens.parseIdToken();
    assertTrue(verifier(url).verifyOrThrow(idToken));
    assertFalse(verifier("https://accounts.google.com").verifyOrThrow(idToken));
    GoogleIdToken.Payload payload = idToken.getPayload();
    assertEquals("ada@example.com", payload.getEmail());
    assertTrue(payload.getEmailVerified());
    assertEquals("example.com", payload.getHostedDomain());
    assertEquals("n-2", payload.getNonce());
    assertEquals("Ada Lovelace", payload.get("name"));
  }

  @Test
  void aTokenOfARotatedKeyIsGoodUntilItIsForgotten() throws IOException {
    GoogleIdToken idToken = redeem(code("ada@example.com")).parseIdToken();
    JsonObject google = new JsonObject().put("provider", "google");
    sandbox.control("POST", "/keys/rotate", google);
    assertTrue(verifier(url).verifyOrThrow(idToken));
    assertTrue(verifier(url).verifyOrThrow(redeem(code("ada@example.com")).parseIdToken()));
    sandbox.control("POST", "/keys/rotate", google);
    assertThrows(IOException.class, () -> verifier(url).verifyOrThrow(idToken));
  }

  @Test
  void refreshesUntilThePersonEndsIt() throws IOException {
    GoogleTokenResponse tokens = redeem(code("grace.hopper@gmail.com"));
    GoogleTokenResponse refreshed = refresh(tokens.getRefreshToken());
    assertNotEquals(tokens.getAccessToken(), refreshed.getAccessToken());
    assertNull(refreshed.getRefreshToken());
    assertTrue(verifier(url).verifyOrThrow(refreshed.parseIdToken()));
    sandbox.control(
        "POST",
        "/grants/revoke",
        new JsonObject().put("provider", "google").put("email", "grace.hopper@gmail.com"));
    var refused =
        assertThrows(TokenResponseException.class, () -> refresh(tokens.getRefreshToken()));
    assertEquals("invalid_grant", refused.getDetails().getError());
  }

  @Test
  void readsAnErrorOfTheTokenEndpoint() {
    var refused = assertThrows(TokenResponseException.class, () -> redeem("4/0Awrong"));
    assertEquals(400, refused.getStatusCode());
    assertEquals("Malformed auth code.", refused.getDetails().getErrorDescription());
  }

  private String code(String email) {
    String page =
        flow.newAuthorizationUrl()
            .setRedirectUri(SignIn.REDIRECT)
            .setState("s")
            .set("nonce", "n-2")
            .set("prompt", "consent")
            .set("code_challenge", SignIn.CHALLENGE)
            .set("code_challenge_method", "S256")
            .set("login", email)
            .build();
    URI uri = URI.create(page);
    Reply back = sandbox.send("GET", uri.getRawPath() + "?" + uri.getRawQuery(), null);
    return SignIn.query(back).get("code").get(0);
  }

  private GoogleTokenResponse redeem(String code) throws IOException {
    return flow.newTokenRequest(code)
        .setRedirectUri(SignIn.REDIRECT)
        .set("code_verifier", SignIn.VERIFIER)
        .setGrantType("authorization_code")
        .execute();
  }

  private GoogleTokenResponse refresh(String token) throws IOException {
    return new GoogleRefreshTokenRequest(
            TRANSPORT, JSON, token, Sandbox.GOOGLE_CLIENT_ID, Sandbox.GOOGLE_CLIENT_SECRET)
        .setTokenServerUrl(new GenericUrl(url + "/token"))
        .execute();
  }

  private IdTokenVerifier verifier(String issuer) {
    return new IdTokenVerifier.Builder()
        .setIssuer(issuer)
        .setAudience(List.of(Sandbox.GOOGLE_CLIENT_ID))
        .setCertificatesLocation(url + "/oauth2/v3/certs")
        .build();
  }
}
