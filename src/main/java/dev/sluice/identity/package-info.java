/** Who calls: what a token says and whether its issuer said it. Knows no HTTP door and no app. */
package dev.sluice.identity;
