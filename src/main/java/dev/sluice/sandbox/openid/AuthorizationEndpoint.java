package dev.sluice.sandbox.openid;

import dev.sluice.sandbox.Answer;
import dev.sluice.sandbox.openid.Refusal.Reason;
import io.netty.handler.codec.http.QueryStringEncoder;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.RoutingContext;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Where a browser is sent to sign in (RFC 6749 §3.1). The page it shows has a link for each person;
 * {@code login=ADDRESS} in the query goes that way at once.
 */
public final class AuthorizationEndpoint<A extends Account> {

  private final Client client;
  private final Accounts<A> accounts;
  private final Grants<A> grants;
  private final Dialect<A> dialect;

  /** For the one application that it knows. */
  public AuthorizationEndpoint(
      Client client, Accounts<A> accounts, Grants<A> grants, Dialect<A> dialect) {
    this.client = client;
    this.accounts = accounts;
    this.grants = grants;
    this.dialect = dialect;
  }

  /** An error page for whom the application is not to be told. */
  public Answer page(Refusal refusal) {
    Dialect.Words words = dialect.say(refusal);
    return Pages.error(400, dialect.title(), words.error(), words.description());
  }

  /** A page, or the way back to the application. */
  public Answer authorize(RoutingContext ctx) {
    Fields fields = Fields.ofQuery(ctx);
    String redirectUri;
    try {
      redirectUri = redirectUri(fields);
    } catch (Refusal refusal) {
      return page(refusal);
    }
    try {
      AuthorizationRequest request = AuthorizationRequest.read(fields, dialect::hasScope);
      return answer(ctx, request, redirectUri);
    } catch (Refusal refusal) {
      if (refusal.reason() == Reason.UNKNOWN_ACCOUNT) {
        return page(refusal); // the person's mistake, and theirs to correct
      }
      return found(refused(redirectUri, fields, refusal));
    }
  }

  private String redirectUri(Fields fields) {
    String id = fields.require("client_id");
    if (!id.equals(client.id())) {
      throw new Refusal(Reason.UNKNOWN_CLIENT, id);
    }
    String uri = fields.require("redirect_uri");
    if (!client.mayRedirectTo(uri)) {
      throw new Refusal(Reason.UNKNOWN_REDIRECT, uri);
    }
    return uri;
  }

  private Answer answer(RoutingContext ctx, AuthorizationRequest request, String redirectUri) {
    String login = request.fields().get("login");
    if (login != null) {
      A account = find(ctx, login).orElseThrow(() -> new Refusal(Reason.UNKNOWN_ACCOUNT, login));
      return found(granted(request, redirectUri, account));
    }
    if (request.isSilent()) {
      A account =
          Optional.ofNullable(request.fields().get("login_hint"))
              .flatMap(hint -> find(ctx, hint))
              .orElseThrow(() -> new Refusal(Reason.LOGIN_REQUIRED));
      return found(granted(request, redirectUri, account));
    }
    Map<String, String> choices = new LinkedHashMap<>();
    for (A account : accounts.all()) {
      if (dialect.admits(ctx, account)) {
        choices.put(
            "Continue as " + account.name() + " (" + account.email() + ")",
            ctx.request().uri()
                + "&login="
                + URLEncoder.encode(account.email(), StandardCharsets.UTF_8));
      }
    }
    Refusal cancelled = new Refusal(Reason.CANCELLED);
    return Pages.choice(
        dialect.title(), choices, refused(redirectUri, request.fields(), cancelled));
  }

  private Optional<A> find(RoutingContext ctx, String email) {
    return accounts.find(email).filter(account -> dialect.admits(ctx, account));
  }

  private String granted(AuthorizationRequest request, String redirectUri, A account) {
    boolean offline = dialect.isOffline(request, account);
    Grant<A> grant = grants.grant(account, request.scopes(), request.nonce(), offline);
    QueryStringEncoder back = new QueryStringEncoder(redirectUri);
    String prefix = dialect.codePrefix();
    back.addParam("code", grants.codeFor(grant, prefix, redirectUri, request.challenge()));
    addState(back, request.fields());
    dialect.more(request, grant).forEach(back::addParam);
    return back.toString();
  }

  private String refused(String redirectUri, Fields fields, Refusal refusal) {
    Dialect.Words words = dialect.say(refusal);
    QueryStringEncoder back = new QueryStringEncoder(redirectUri);
    back.addParam("error", words.error());
    back.addParam("error_description", words.description());
    addState(back, fields);
    return back.toString();
  }

  private static void addState(QueryStringEncoder back, Fields fields) {
    String state = fields.values().get("state");
    if (state != null) {
      back.addParam("state", state);
    }
  }

  private static Answer found(String location) {
    return new Answer(
        302, Map.of("location", location, "cache-control", "no-store"), Buffer.buffer());
  }
}
