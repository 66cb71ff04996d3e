package dev.sluice.sandbox.microsoft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.api.client.auth.openidconnect.IdToken;
import com.google.api.client.auth.openidconnect.IdTokenVerifier;
import com.google.api.client.json.gson.GsonFactory;
import com.microsoft.aad.msal4j.AuthorizationCodeParameters;
import com.microsoft.aad.msal4j.AuthorizationRequestUrlParameters;
import com.microsoft.aad.msal4j.ClientCredentialFactory;
import com.microsoft.aad.msal4j.ConfidentialClientApplication;
import com.microsoft.aad.msal4j.HttpRequest;
import com.microsoft.aad.msal4j.HttpResponse;
import com.microsoft.aad.msal4j.IAuthenticationResult;
import com.microsoft.aad.msal4j.IHttpResponse;
import com.microsoft.aad.msal4j.MsalInteractionRequiredException;
import com.microsoft.aad.msal4j.MsalServiceException;
import com.microsoft.aad.msal4j.RefreshTokenParameters;
import com.microsoft.aad.msal4j.SilentParameters;
import dev.sluice.sandbox.Reply;
import dev.sluice.sandbox.RunningSandbox;
import dev.sluice.sandbox.Sandbox;
import dev.sluice.sandbox.openid.SignIn;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URI;
import java.net.URL;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Microsoft's own client works here: what it sends to the real host goes to the sandbox. */
class MicrosoftSdkTest {

  @RegisterExtension static final RunningSandbox sandbox = new RunningSandbox();

  private static final Set<String> SCOPES = Set.of("User.Read", "email");

  private ConfidentialClientApplication client;

  @BeforeEach
  void connect() throws MalformedURLException {
    client =
        ConfidentialClientApplication.builder(
                Sandbox.MICROSOFT_CLIENT_ID,
                ClientCredentialFactory.createFromSecret(Sandbox.MICROSOFT_CLIENT_SECRET))
            .authority("https://login.microsoftonline.com/common/")
            .instanceDiscovery(false)
            .httpClient(MicrosoftSdkTest::send)
            .build();
  }

  @Test
  void signsInAndProvesWhoItIs() throws IOException {
    IAuthenticationResult result = redeem(code("ada@example.com")).join();
    assertEquals("ada@example.com", result.account().username());
    assertTrue(result.account().homeAccountId().endsWith("." + Tenant.WORKS));
    assertEquals("n-2", SignIn.claims(result.idToken()).getString("nonce"));
    assertProven(result.idToken(), Tenant.WORKS);
    IAuthenticationResult personal = redeem(code("katherine.johnson@outlook.com")).join();
    assertProven(personal.idToken(), Tenant.PERSONAL);
  }

  @Test
  void refreshesSilentlyUntilThePersonEndsIt() throws IOException {
    IAuthenticationResult first = redeem(code("alan@contoso.example")).join();
    IAuthenticationResult second = renew(first).join();
    assertNotEquals(first.accessToken(), second.accessToken());
    assertProven(second.idToken(), Tenant.CONTOSO);
    assertNotEquals(second.accessToken(), renew(first).join().accessToken());
    sandbox.control(
        "POST",
        "/grants/revoke",
        new JsonObject().put("provider", "microsoft").put("email", "alan@contoso.example"));
    var refused = assertThrows(CompletionException.class, () -> renew(first).join());
    var interaction = assertInstanceOf(MsalInteractionRequiredException.class, refused.getCause());
    assertEquals("invalid_grant", interaction.errorCode());
  }

  @Test
  void readsAnErrorOfTheTokenEndpoint() {
    var parameters = RefreshTokenParameters.builder(SCOPES, "wrong").build();
    var refused =
        assertThrows(CompletionException.class, () -> client.acquireToken(parameters).join());
    var error = assertInstanceOf(MsalServiceException.class, refused.getCause());
    assertEquals("invalid_grant", error.errorCode());
    assertTrue(error.getMessage().startsWith("AADSTS70000: "), error.getMessage());
  }

  private String code(String email) {
    URL page =
        client.getAuthorizationRequestUrl(
            AuthorizationRequestUrlParameters.builder(SignIn.REDIRECT, SCOPES)
                .codeChallenge(SignIn.CHALLENGE)
                .codeChallengeMethod("S256")
                .responseMode(com.microsoft.aad.msal4j.ResponseMode.QUERY)
                .state("s")
                .nonce("n-2")
                .build());
    Reply back = sandbox.send("GET", page.getFile() + "&login=" + email, null);
    return SignIn.query(back).get("code").get(0);
  }

  private CompletableFuture<IAuthenticationResult> redeem(String code) {
    return client.acquireToken(
        AuthorizationCodeParameters.builder(code, URI.create(SignIn.REDIRECT))
            .scopes(SCOPES)
            .codeVerifier(SignIn.VERIFIER)
            .build());
  }

  private CompletableFuture<IAuthenticationResult> renew(IAuthenticationResult known) {
    try {
      return client.acquireTokenSilently(
          SilentParameters.builder(SCOPES, known.account()).forceRefresh(true).build());
    } catch (MalformedURLException e) {
      throw new AssertionError(e);
    }
  }

  private static void assertProven(String token, String tenant) throws IOException {
    String url = sandbox.sandbox().url();
    IdTokenVerifier verifier =
        new IdTokenVerifier.Builder()
            .setIssuer(url + "/" + tenant + "/v2.0")
            .setAudience(List.of(Sandbox.MICROSOFT_CLIENT_ID))
            .setCertificatesLocation(url + "/common/discovery/v2.0/keys")
            .build();
    assertTrue(verifier.verifyOrThrow(IdToken.parse(GsonFactory.getDefaultInstance(), token)));
  }

  private static IHttpResponse send(HttpRequest request) {
    assertEquals("login.microsoftonline.com", request.url().getHost());
    List<String> headers = new ArrayList<>();
    request
        .headers()
        .forEach(
            (name, value) -> {
              if (!name.equalsIgnoreCase("content-length")) {
                headers.addAll(List.of(name, value));
              }
            });
    Reply reply =
        sandbox.send(
            request.httpMethod().name(),
            request.url().getFile(),
            request.body(),
            headers.toArray(String[]::new));
    HttpResponse response = new HttpResponse().statusCode(reply.status()).body(reply.body());
    response.addHeaders(reply.headers().map());
    return response;
  }
}
