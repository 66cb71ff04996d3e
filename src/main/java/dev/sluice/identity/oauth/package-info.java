/** Signing in at a provider's: OAuth 2 with PKCE (RFC 7636) and OpenID Connect. */
package dev.sluice.identity.oauth;
