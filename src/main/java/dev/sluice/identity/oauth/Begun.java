package dev.sluice.identity.oauth;

/**
 * A sign-in that has begun at a provider's.
 *
 * @param authorizationUrl where the user goes
 * @param state what comes back with the user
 * @param browser what only the browser that began it has, in a cookie
 */
public record Begun(String authorizationUrl, String state, String browser) {}
