/**
 * The Microsoft identity platform as the gateway meets it, with organisations and private accounts.
 * Answers follow <a
 * href="https://learn.microsoft.com/entra/identity-platform/v2-oauth2-auth-code-flow">the
 * authorization code flow</a> and <a
 * href="https://learn.microsoft.com/entra/identity-platform/id-token-claims-reference">the claims
 * of ID tokens</a>; where the pages are silent, the strict reading is taken. The people are made
 * up.
 */
package dev.sluice.sandbox.microsoft;
