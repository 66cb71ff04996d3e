package dev.sluice;

/**
 * The {@code sandbox} section: where the simulated providers listen.
 *
 * @param smtpPort the mail server's
 */
public record SandboxSettings(String host, int port, int smtpPort) {}
