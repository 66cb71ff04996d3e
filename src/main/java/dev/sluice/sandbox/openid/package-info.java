/**
 * What the simulated OpenID Connect providers have in common: the authorization code grant with
 * PKCE (RFC 6749, RFC 7636), refresh tokens, ID tokens with real signatures (OpenID Connect Core)
 * and the page where a simulated person chooses an account. What a provider says, and how it says
 * no, is in its own package beside this one.
 */
package dev.sluice.sandbox.openid;
