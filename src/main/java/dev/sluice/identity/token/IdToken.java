package dev.sluice.identity.token;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * What a provider says of who has signed in there (OpenID Connect Core §2), checked.
 *
 * @param principal whose it is, by the provider's own subject
 * @param claims all that it says
 */
public record IdToken(Principal principal, JsonNode claims) {

  /** A claim that is a text; null where there is none. */
  public String text(String claim) {
    JsonNode value = claims.path(claim);
    return value.isTextual() && !value.asText().isEmpty() ? value.asText() : null;
  }
}
