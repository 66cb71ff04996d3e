/**
 * Google as an identity provider, as the gateway meets it. Answers follow <a
 * href="https://developers.google.com/identity/openid-connect/openid-connect">OpenID Connect</a>
 * and <a href="https://developers.google.com/identity/protocols/oauth2/web-server">OAuth 2.0 for
 * web servers</a>; where the pages are silent, the strict reading is taken. All its hosts are one
 * here, which is its issuer, too. The people are made up.
 */
package dev.sluice.sandbox.google;
