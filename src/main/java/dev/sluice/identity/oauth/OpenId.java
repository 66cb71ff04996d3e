package dev.sluice.identity.oauth;

import dev.sluice.call.Call;
import dev.sluice.call.Deadline;
import dev.sluice.call.Failure;
import dev.sluice.call.Failure.Category;
import dev.sluice.call.Reply;
import dev.sluice.identity.token.IdToken;
import dev.sluice.identity.token.IdTokens;
import dev.sluice.identity.token.NoToken;
import dev.sluice.provider.Providers;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One OpenID provider, as its discovery document describes it (OpenID Connect Discovery §4). */
final class OpenId {
  private static final Logger LOG = LoggerFactory.getLogger(OpenId.class);
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final long OLD_NANOS = Duration.ofHours(1).toNanos();

  private final Vertx vertx;
  private final Client client;
  private Future<Described> described;
  private long readAt;

  private record Described(JsonObject document, IdTokens idTokens) {
    String endpoint(String name) {
      return document.getString(name);
    }
  }

  OpenId(Vertx vertx, Client client) {
    this.vertx = vertx;
    this.client = client;
  }

  Client client() {
    return client;
  }

  /** The document, which is read again when it is old. */
  private synchronized Future<Described> described() {
    boolean old = System.nanoTime() - readAt > OLD_NANOS;
    if (described == null || described.failed() || described.succeeded() && old) {
      readAt = System.nanoTime();
      described = ask("discovery", Map.of()).map(reply -> read(reply.jsonBody()));
    }
    return described;
  }

  private Described read(JsonObject document) {
    for (String name :
        new String[] {"issuer", "authorization_endpoint", "token_endpoint", "jwks_uri"}) {
      if (document.getString(name) == null) {
        throw broken("its discovery document has no " + name);
      }
    }
    String issuer = document.getString("issuer");
    String keys = document.getString("jwks_uri");
    return new Described(document, new IdTokens(vertx, client.name(), issuer, keys, client.id()));
  }

  private Future<Reply> ask(String operation, Map<String, Object> params) {
    Call call = Call.of(operation, params, Deadline.in(PATIENCE));
    return Providers.address(client.name()).ask(vertx, call, call.deadline());
  }

  /** Where a user goes to sign in. */
  Future<String> authorizationUrl(Map<String, String> own) {
    Map<String, String> query = new LinkedHashMap<>();
    query.put("client_id", client.id());
    query.put("response_type", "code");
    query.put("scope", String.join(" ", client.scopes()));
    query.putAll(own);
    query.putAll(client.extras());
    return described()
        .map(
            to -> {
              String endpoint = to.endpoint("authorization_endpoint");
              String begin = URI.create(endpoint).getRawQuery() == null ? "?" : "&";
              return endpoint
                  + query.entrySet().stream()
                      .map(e -> e.getKey() + "=" + encoded(e.getValue()))
                      .collect(Collectors.joining("&", begin, ""));
            });
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  /**
   * The answer of the token endpoint. Fails with 401 PROVIDER_REFUSED where it does not want to.
   */
  Future<JsonObject> tokens(Map<String, Object> form) {
    return described()
        .compose(
            to -> {
              Map<String, Object> params = new HashMap<>(form);
              params.put("endpoint", to.endpoint("token_endpoint"));
              return ask("token", params);
            })
        .map(
            reply -> {
              JsonObject answer = reply.jsonBody();
              if (reply.status() != 200) throw refused(answer);
              if (answer.getString("access_token") == null) throw broken("it gave no access_token");
              return answer;
            });
  }

  /** Who has signed in. */
  Future<IdToken> who(JsonObject tokens, String nonce, Duration leeway) {
    String idToken = tokens.getString("id_token");
    if (idToken == null) return Future.failedFuture(broken("it gave no id_token"));
    return described()
        .compose(to -> to.idTokens().check(idToken, nonce, leeway))
        .recover(
            e -> {
              if (!(e instanceof NoToken)) return Future.failedFuture(e);
              LOG.warn("{}: an ID token is not taken: {}", client.name(), e.getMessage());
              return Future.failedFuture(broken("its ID token is not taken: " + e.getMessage()));
            });
  }

  private Failure refused(JsonObject answer) {
    String error = answer.getString("error", "");
    boolean ours = error.equals("invalid_client") || error.equals("unauthorized_client");
    if (ours) {
      LOG.error(
          "{} does not know this gateway: {}; see providers.{}.clientId and clientSecret",
          client.name(),
          error,
          client.name());
      return broken("it does not know this gateway");
    }
    return Failure.of(
            Category.AUTHENTICATION,
            "PROVIDER_REFUSED",
            client.name() + " does not take this any more.")
        .detail("provider", client.name())
        .detail("reason", error)
        .suggest("Sign in there again, from the beginning.");
  }

  private Failure broken(String reason) {
    return Failure.of(Category.UPSTREAM, "PROVIDER_ERROR", client.name() + ": " + reason + ".")
        .detail("provider", client.name())
        .isFinal();
  }
}
