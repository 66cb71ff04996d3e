package dev.sluice;

/** The {@code sandbox} section: where the simulated providers listen. */
public record SandboxSettings(String host, int port) {}
