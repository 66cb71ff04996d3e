package dev.sluice.identity.token;

import java.util.List;

/**
 * What an issuer's tokens must be like.
 *
 * @param audience of which {@code aud} must name one
 * @param algorithms what they may be signed with
 * @param rolesClaim the claim that lists the subject's roles
 * @param permissionsClaim the claim of its permissions
 */
public record Terms(
    List<String> audience, List<String> algorithms, String rolesClaim, String permissionsClaim) {}
