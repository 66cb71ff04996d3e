/**
 * Simulated providers for development and tests: one HTTP port on which every third party that the
 * gateway talks to is played, as strict as the real one, with counting and fault injection under
 * {@code /control}. One sub-package a provider; adding one is one {@link
 * dev.sluice.sandbox.SimulatedProvider} and one line in {@code SandboxVerticle}. Mail has a port of
 * its own ({@code sandbox.mail}).
 *
 * <p>Only {@code Main} and tests see this package, and it sees nothing else of the gateway: a
 * simulator that shared code with the client it tests would share its errors too.
 */
package dev.sluice.sandbox;
