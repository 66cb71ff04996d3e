package dev.sluice.provider.openid;

import dev.sluice.call.Body;
import dev.sluice.call.Call;
import dev.sluice.call.Failure;
import dev.sluice.call.Headers;
import dev.sluice.call.Reply;
import dev.sluice.provider.Upstream;
import dev.sluice.provider.UpstreamAnswer;
import dev.sluice.provider.UpstreamRequest;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import java.util.List;
import java.util.Set;

/**
 * A provider that people sign in with by OpenID Connect. Its operations, by the calls they take:
 *
 * <ul>
 *   <li>{@code discovery {}} → the discovery document (OpenID Connect Discovery §3)
 *   <li>{@code token {endpoint, grant_type, code?, redirect_uri?, code_verifier?, refresh_token?,
 *       scope?}} → what the token endpoint of that document answers: 200 with tokens, or 400 or 401
 *       with its {@code error} (RFC 6749 §5). Asked once: a code serves once, and so may a refresh
 *       token
 * </ul>
 */
public final class OpenIdUpstream implements Upstream {
  private static final Headers JSON_WANTED = Headers.of("accept", Body.JSON);
  private static final Set<Integer> SAID = Set.of(200, 400, 401);

  private final String name;
  private final OpenIdSettings settings;

  /** One of the {@code providers}, by that name. */
  public OpenIdUpstream(String name, OpenIdSettings settings) {
    this.name = name;
    this.settings = settings;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public String missingSetting() {
    if (settings.clientId().isEmpty()) return "providers." + name + ".clientId";
    return settings.clientSecret().isEmpty() ? "providers." + name + ".clientSecret" : null;
  }

  @Override
  public Future<UpstreamRequest> write(List<Call> calls) {
    Call call = calls.get(0);
    return switch (call.operation()) {
      case "discovery" ->
          Future.succeededFuture(UpstreamRequest.get(settings.discoveryUrl(), JSON_WANTED));
      case "token" -> token(call);
      default -> throw new IllegalArgumentException("no operation " + call.operation());
    };
  }

  private Future<UpstreamRequest> token(Call call) {
    String endpoint = call.params().text("endpoint");
    if (endpoint == null || !TokenForm.maySend(endpoint)) {
      return Future.failedFuture(broken("names no token endpoint that a secret may go to."));
    }
    Body form = TokenForm.of(call.params(), settings);
    return Future.succeededFuture(
        new UpstreamRequest(HttpMethod.POST, endpoint, JSON_WANTED, form, false));
  }

  @Override
  public List<Future<Reply>> read(List<Call> calls, UpstreamAnswer answer) {
    boolean token = calls.get(0).operation().equals("token");
    if (token ? SAID.contains(answer.status()) : answer.status() == 200) {
      Reply reply = Reply.of(answer.status(), Body.json(answer.json()));
      return List.of(Future.succeededFuture(reply));
    }
    Failure refusal = broken("refused the call.").detail("providerStatus", answer.status());
    return List.of(Future.failedFuture(refusal));
  }

  private Failure broken(String what) {
    return Failure.of(Failure.Category.UPSTREAM, "PROVIDER_ERROR", name + " " + what)
        .detail("provider", name)
        .isFinal();
  }
}
