/**
 * Providers that people sign in with by OpenID Connect, such as Google and Microsoft: how their
 * discovery documents and token endpoints are asked. What an answer proves of a person is not known
 * here.
 */
package dev.sluice.provider.openid;
