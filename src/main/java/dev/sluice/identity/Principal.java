package dev.sluice.identity;

import java.util.Set;

/**
 * Whose a token is, as its issuer says.
 *
 * @param subject the issuer's name here and its {@code sub}, as {@code company:42}
 * @param roles what the issuer says the subject is
 * @param permissions what it says the subject may
 * @param expires from when on it is no token any more, leeway included; ms since the epoch
 */
public record Principal(String subject, Set<String> roles, Set<String> permissions, long expires) {}
