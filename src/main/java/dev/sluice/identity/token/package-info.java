/** What a token says, whether its issuer said it, and the gateway's own tokens and keys. */
package dev.sluice.identity.token;
