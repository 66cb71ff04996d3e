package dev.sluice.identity.oauth;

import dev.sluice.call.Call;
import dev.sluice.call.Deadline;
import dev.sluice.call.Failure;
import dev.sluice.call.Reply;
import dev.sluice.identity.token.IdToken;
import dev.sluice.identity.token.IdTokens;
import dev.sluice.identity.token.IssuerSettings;
import dev.sluice.identity.token.NoToken;
import dev.sluice.provider.Providers;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One OpenID provider, as its discovery document describes it (OpenID Connect Discovery §4). */
final class OpenId {
  private static final Logger LOG = LoggerFactory.getLogger(OpenId.class);
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final long OLD_NANOS = Duration.ofHours(1).toNanos();

  /** What says that a code or a refresh token is of no use (RFC 6749 §5.2, OpenID §3.1.2.6). */
  private static final Set<String> OVER =
      Set.of(
          "invalid_grant",
          "access_denied",
          "consent_required",
          "interaction_required",
          "login_required");

  private final Vertx vertx;
  private final HttpClient http;
  private final Client client;
  private Future<Known> known;
  private long readAt;

  /** What the document says, and what judges the ID tokens of who is described so. */
  private record Known(Described described, IdTokens idTokens) {}

  OpenId(Vertx vertx, HttpClient http, Client client) {
    this.vertx = vertx;
    this.http = http;
    this.client = client;
  }

  Client client() {
    return client;
  }

  /** An old document is read again, and stays good for as long as that does not succeed. */
  private synchronized Future<Known> known() {
    if (known == null || known.failed()) {
      known = read(null);
      readAt = System.nanoTime();
    } else if (known.succeeded() && System.nanoTime() - readAt > OLD_NANOS) {
      readAt = System.nanoTime();
      read(known.result())
          .onSuccess(this::adopt)
          .onFailure(
              e -> LOG.warn("{}: discovery is not read again: {}", client.name(), e.getMessage()));
    }
    return known;
  }

  private synchronized void adopt(Known fresh) {
    known = Future.succeededFuture(fresh);
  }

  /** The keys that are known already are kept where nothing has changed. */
  private Future<Known> read(Known before) {
    return ask("discovery", Map.of())
        .map(reply -> understood(reply, Described::of))
        .map(
            now ->
                before != null && before.described.equals(now)
                    ? before
                    : new Known(now, idTokens(now)));
  }

  private IdTokens idTokens(Described now) {
    List<String> audience = List.of(client.id());
    IssuerSettings expected =
        new IssuerSettings(now.issuer(), audience, now.keys(), List.of("RS256"), null, null);
    return new IdTokens(vertx, http, client.name(), expected);
  }

  private Future<Reply> ask(String operation, Map<String, Object> params) {
    Call call = Call.of(operation, params, Deadline.in(PATIENCE));
    return Providers.address(client.name())
        .ask(vertx, call, call.deadline())
        .recover(e -> Future.failedFuture(Refusals.away(e)));
  }

  private <T> T understood(Reply reply, Function<JsonObject, T> meaning) {
    try {
      return meaning.apply(reply.jsonBody());
    } catch (IllegalArgumentException e) {
      throw broken(e.getMessage());
    }
  }

  /** Where a user goes to sign in. */
  Future<String> authorizationUrl(Map<String, String> own) {
    Map<String, String> query = new LinkedHashMap<>();
    query.put("client_id", client.id());
    query.put("response_type", "code");
    query.put("scope", String.join(" ", client.scopes()));
    query.putAll(own);
    query.putAll(client.extras());
    return known()
        .map(
            to -> {
              String endpoint = to.described.authorization();
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

  /** What the token endpoint gives. Fails with 401 PROVIDER_REFUSED where it does not want to. */
  Future<Granted> tokens(Map<String, Object> form) {
    return known()
        .compose(
            to -> {
              Map<String, Object> params = new HashMap<>(form);
              params.put("endpoint", to.described.token());
              return ask("token", params);
            })
        .map(
            reply -> {
              if (reply.status() != 200) throw refused(reply.jsonBody());
              return understood(reply, Granted::of);
            });
  }

  /**
   * Who has signed in.
   *
   * @param nonce what was sent along to be said in the ID token (OpenID Connect Core §3.1.3.7)
   */
  Future<IdToken> who(Granted granted, String nonce, Duration leeway) {
    if (granted.idToken() == null) return Future.failedFuture(broken("it gave no id_token"));
    return known()
        .compose(to -> to.idTokens.check(granted.idToken(), leeway))
        .recover(e -> Future.failedFuture(e instanceof NoToken ? bad(e) : Refusals.away(e)))
        .map(
            said -> {
              if (nonce.equals(said.text("nonce"))) return said;
              throw Refusals.otherSignIn();
            });
  }

  private Failure bad(Throwable reason) {
    LOG.warn("{}: an ID token is not taken: {}", client.name(), reason.getMessage());
    return broken("its ID token is not taken: " + reason.getMessage());
  }

  private Failure refused(JsonObject answer) {
    String error = answer.getValue("error") instanceof String text ? text : "";
    if (OVER.contains(error)) return Refusals.refused(client.name(), error);
    LOG.error(
        "{} refuses this gateway: {}; see providers.{}.clientId and clientSecret",
        client.name(),
        error.replaceAll("[^\\x21-\\x7e]", "?"),
        client.name());
    return broken("it does not take what this gateway asks");
  }

  private Failure broken(String reason) {
    return Refusals.broken(client.name(), reason);
  }
}
