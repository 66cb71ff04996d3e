package dev.sluice;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.app.InterceptorSettings;
import dev.sluice.app.signaling.SignalingSettings;
import dev.sluice.app.studio.StudioSettings;
import dev.sluice.cache.CacheSettings;
import dev.sluice.conf.InvalidConfiguration;
import dev.sluice.guard.idempotency.IdempotencySettings;
import dev.sluice.guard.limit.LimitClass;
import dev.sluice.http.ServerSettings;
import dev.sluice.http.forward.RouteSettings;
import dev.sluice.identity.IdentitySettings;
import dev.sluice.job.JobSettings;
import dev.sluice.observe.ObserveSettings;
import dev.sluice.provider.email.EmailSettings;
import dev.sluice.provider.openid.OpenIdSettings;
import dev.sluice.provider.twitch.TwitchSettings;
import dev.sluice.push.PushSettings;
import dev.sluice.realtime.SocketSettings;
import dev.sluice.realtime.channel.ChannelSettings;
import dev.sluice.store.KeysetFile;
import dev.sluice.store.StoreSettings;
import dev.sluice.upstream.UpstreamSettings;
import dev.sluice.webhook.WebhookSettings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The whole configuration, composed of the records that each package owns. The defaults are {@code
 * conf/sluice.yaml} as the jar carries it; a file of the user's is laid over them, then the
 * environment, then the command line.
 */
public record Settings(
    int version,
    String data,
    ServerSettings server,
    Map<String, LimitClass> limits,
    CacheSettings cache,
    StoreSettings store,
    ObserveSettings observe,
    SandboxSettings sandbox,
    Map<String, UpstreamSettings> upstreams,
    List<RouteSettings> routes,
    List<InterceptorSettings> interceptors,
    Providers providers,
    IdentitySettings identity,
    IdempotencySettings idempotency,
    JobSettings jobs,
    WebhookSettings webhooks,
    PushSettings push,
    SocketSettings sockets,
    ChannelSettings channels,
    SignalingSettings signaling,
    StudioSettings studio,
    List<String> apps,
    Apis apis) {

  /** The {@code providers} section. */
  public record Providers(
      TwitchSettings twitch, OpenIdSettings google, OpenIdSettings microsoft, EmailSettings smtp) {}

  public Settings {
    if (version != 1) throw new IllegalArgumentException("version must be 1");
  }

  /**
   * Reads a configuration. Throws {@link InvalidConfiguration} naming file, line and remedy of
   * every mistake.
   *
   * @param file the user's, or null for the defaults alone
   * @param environment where overrides and variables come from
   * @param arguments what the command line says, by JSON pointer
   */
  public static Settings load(
      Path file, Map<String, String> environment, Map<String, JsonNode> arguments) {
    return Loaded.of(file, environment, arguments, List.of()).settings();
  }

  /** The files that were read, and the directories that were looked into: what a reload watches. */
  public List<Path> files() {
    List<Path> files = new ArrayList<>(apis.watched().stream().map(Path::of).toList());
    if (store.keyset().isEmpty()) files.add(Path.of(data, KeysetFile.NAME));
    return files;
  }
}
