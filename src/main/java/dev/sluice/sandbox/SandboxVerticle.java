package dev.sluice.sandbox;

import dev.sluice.sandbox.books.Books;
import dev.sluice.sandbox.google.Google;
import dev.sluice.sandbox.mail.MailServer;
import dev.sluice.sandbox.microsoft.Microsoft;
import dev.sluice.sandbox.push.PushService;
import dev.sluice.sandbox.twitch.Twitch;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.ext.web.Route;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.handler.BodyHandler;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Clock;
import java.util.List;

/** The one server (HTTP/1.1 and h2c) on which all simulated providers and their control live. */
final class SandboxVerticle extends VerticleBase {

  private static final long LARGEST_UPLOAD = 32L << 20;

  private final String host;
  private final int wantedPort;
  private final MailServer mail;
  private HttpServer server;

  SandboxVerticle(String host, int port, int smtpPort) {
    this.host = host;
    this.wantedPort = port;
    this.mail = new MailServer(host, smtpPort, Clock.systemUTC());
  }

  private static List<SimulatedProvider> providers() {
    Clock clock = Clock.systemUTC();
    return List.of(
        new Twitch(clock),
        new Google(clock),
        new Microsoft(clock),
        new PushService(clock),
        new Books());
  }

  int port() {
    return server.actualPort();
  }

  int smtpPort() {
    return mail.port();
  }

  @Override
  public Future<?> start() {
    List<SimulatedProvider> providers = providers();
    Calls calls = new Calls(providers);
    Faults faults = new Faults(providers);
    Router router = Router.router(vertx);
    new Control(providers, calls, faults, mail::about).mount(router);
    mail.inbox().mount(router);
    mount(router, providers, new Exchange(vertx, calls, faults));
    server =
        vertx
            .createHttpServer(new HttpServerOptions().setHost(host).setPort(wantedPort))
            .requestHandler(router);
    return vertx
        .<Void>executeBlocking(this::requireFreePort)
        .compose(free -> server.listen())
        .recover(e -> Future.failedFuture(new IllegalStateException(cannotListen(e), e)))
        .compose(open -> vertx.executeBlocking(this::startMail))
        .recover(e -> stop().transform(closed -> Future.failedFuture(e)));
  }

  @Override
  public Future<?> stop() {
    return Future.join(server.close(), vertx.executeBlocking(this::stopMail));
  }

  private Void startMail() {
    mail.start();
    return null;
  }

  private Void stopMail() {
    mail.stop();
    return null;
  }

  /** All operations first, then what is left below a provider's roots: 405, and 404. */
  private static void mount(Router router, List<SimulatedProvider> providers, Exchange exchange) {
    for (SimulatedProvider provider : providers) {
      for (Operation operation : provider.operations()) {
        add(router.route(operation.method(), operation.path()), provider, operation, exchange);
      }
    }
    for (SimulatedProvider provider : providers) {
      provider.operations().stream()
          .map(Operation::path)
          .distinct()
          .forEach(path -> refuse(router.route(path), provider, 405, exchange));
    }
    for (SimulatedProvider provider : providers) { // whose roots may have another's paths below
      for (String root : provider.roots()) {
        refuse(router.route(root + "*"), provider, 404, exchange);
      }
    }
  }

  private static void refuse(
      Route route, SimulatedProvider provider, int status, Exchange exchange) {
    add(
        route,
        provider,
        Operation.of(Operation.UNKNOWN, null, null, ctx -> provider.failure(ctx, status)),
        exchange);
  }

  private static void add(
      Route route, SimulatedProvider provider, Operation operation, Exchange exchange) {
    BodyHandler body = BodyHandler.create(false).setBodyLimit(LARGEST_UPLOAD);
    route
        .handler(
            ctx -> {
              if (operation.when().test(ctx.request())) {
                exchange.begin(provider, operation, ctx);
                body.handle(ctx);
              } else {
                ctx.next();
              }
            })
        .handler(
            ctx -> {
              if (Exchange.begun(ctx)) {
                exchange.answer(provider, operation, ctx);
              } else {
                ctx.next();
              }
            })
        .failureHandler(ctx -> exchange.fail(provider, ctx));
  }

  /** One Vert.x instance shares a port among its servers without a word, so ask the system. */
  private Void requireFreePort() throws IOException {
    if (wantedPort != 0) {
      try (ServerSocket probe = new ServerSocket()) {
        probe.setReuseAddress(true);
        probe.bind(new InetSocketAddress(host, wantedPort));
      }
    }
    return null;
  }

  private String cannotListen(Throwable cause) {
    return "The sandbox cannot listen on "
        + host
        + ":"
        + wantedPort
        + " ("
        + cause.getMessage()
        + "). Stop what uses that port, or choose another with sandbox.port.";
  }
}
