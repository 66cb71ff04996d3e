package dev.sluice.provider.email;

import dev.sluice.provider.email.EmailSettings.Security;
import io.vertx.core.Vertx;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.ext.mail.LoginOption;
import io.vertx.ext.mail.MailClient;
import io.vertx.ext.mail.MailConfig;
import io.vertx.ext.mail.StartTLSOptions;
import java.util.concurrent.TimeUnit;

/** How a mail server is connected to. */
final class Connections {
  private Connections() {}

  static MailClient client(Vertx vertx, EmailSettings settings) {
    int millis = (int) settings.timeout().toMillis();
    MailConfig config =
        new MailConfig(settings.host(), settings.port())
            .setMaxPoolSize(settings.permits())
            .setConnectTimeout(millis)
            .setIdleTimeout(millis)
            .setIdleTimeoutUnit(TimeUnit.MILLISECONDS)
            .setSslHandshakeTimeout(millis)
            .setSslHandshakeTimeoutUnit(TimeUnit.MILLISECONDS)
            .setOwnHostname(settings.sender().address().domain()) // no need to tell this machine's
            .setUserAgent("sluice");
    boolean login = !settings.username().isEmpty();
    config.setLogin(login ? LoginOption.REQUIRED : LoginOption.DISABLED);
    if (login) config.setUsername(settings.username()).setPassword(settings.password());
    secure(config, settings);
    return MailClient.create(vertx, config);
  }

  private static void secure(MailConfig config, EmailSettings settings) {
    boolean starttls = settings.security() == Security.STARTTLS;
    config
        .setStarttls(starttls ? StartTLSOptions.REQUIRED : StartTLSOptions.DISABLED)
        .setSsl(settings.security() == Security.TLS)
        .setTrustAll(!settings.verify())
        .setHostnameVerificationAlgorithm(settings.verify() ? "HTTPS" : "");
    if (!settings.ca().isEmpty()) {
      config.setTrustOptions(new PemTrustOptions().addCertPath(settings.ca()));
    }
  }
}
