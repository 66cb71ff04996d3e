package dev.sluice;

import dev.sluice.app.App;
import dev.sluice.app.identity.IdentityApp;
import dev.sluice.app.push.PushApp;
import dev.sluice.app.realtime.RealtimeApp;
import dev.sluice.app.signaling.SignalingApp;
import dev.sluice.app.studio.Studio;
import dev.sluice.app.traffic.TrafficApp;
import dev.sluice.identity.Identity;
import dev.sluice.identity.oauth.Client;
import dev.sluice.provider.Traffic;
import dev.sluice.provider.Upstream;
import dev.sluice.provider.openid.OpenIdSettings;
import dev.sluice.provider.openid.OpenIdUpstream;
import dev.sluice.provider.twitch.TwitchUpstream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What can be mounted: apps, of which the configuration chooses, and upstreams. */
public record Mounts(List<App> apps, Map<Upstream, Traffic> upstreams) {

  /** THE list of apps: a new one is one line here. */
  static List<App> available() {
    return List.of(
        new IdentityApp(),
        new TrafficApp(),
        new RealtimeApp(),
        new SignalingApp(),
        new PushApp(),
        new Studio());
  }

  /** What users sign in with. */
  static Identity.Beside beside(Settings settings) {
    return new Identity.Beside(clients(settings), settings.providers().smtp().missingSetting());
  }

  /** What the gateway is at the providers that users may sign in at. */
  private static List<Client> clients(Settings settings) {
    List<Client> clients = new ArrayList<>();
    OpenIdSettings google = settings.providers().google();
    OpenIdSettings microsoft = settings.providers().microsoft();
    if (!google.clientId().isEmpty()) {
      clients.add(Client.google(google.clientId(), google.scopes()));
    }
    if (!microsoft.clientId().isEmpty()) {
      clients.add(Client.microsoft(microsoft.clientId(), microsoft.scopes()));
    }
    return clients;
  }

  /** THE list of providers: a new one is one line here. */
  public static Mounts standard(Settings settings) {
    Map<Upstream, Traffic> upstreams = new LinkedHashMap<>();
    Settings.Providers providers = settings.providers();
    if (settings.apps().contains(Studio.NAME)) {
      upstreams.put(new TwitchUpstream(providers.twitch()), providers.twitch().traffic());
    }
    if (settings.apps().contains(Identity.NAME)) {
      signIn(upstreams, "google", providers.google());
      signIn(upstreams, "microsoft", providers.microsoft());
    }
    return new Mounts(available(), upstreams);
  }

  /** Nobody has to offer it: without a client id it is not there, and not missed either. */
  private static void signIn(
      Map<Upstream, Traffic> upstreams, String name, OpenIdSettings settings) {
    if (settings.clientId().isEmpty()) return;
    upstreams.put(new OpenIdUpstream(name, settings), settings.traffic());
  }

  /** The providers that cannot be asked, each with the setting it lacks. */
  List<String> unconfigured() {
    return upstreams.keySet().stream()
        .filter(upstream -> upstream.missingSetting() != null)
        .map(upstream -> upstream.name() + " lacks " + upstream.missingSetting())
        .toList();
  }
}
