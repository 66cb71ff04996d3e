package dev.sluice.sandbox.openid;

import static io.vertx.core.http.HttpMethod.DELETE;
import static io.vertx.core.http.HttpMethod.POST;

import dev.sluice.sandbox.BadControl;
import dev.sluice.sandbox.ControlAction;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Locale;

/** What tests and developers may do to an OpenID provider. */
public final class Levers<A extends Account> {

  private final Accounts<A> accounts;
  private final Grants<A> grants;
  private final SigningKeys keys;
  private final Maker<A> maker;

  /** Makes an account of what is asked for. */
  public interface Maker<A extends Account> {

    /**
     * One account.
     *
     * @param verified whether the provider vouches for the address
     */
    A make(String email, String name, boolean verified);
  }

  /** How many tokens were ended. */
  record Revoked(int revoked) {}

  /** The id of the key that is used from now on. */
  record Rotated(String kid) {}

  /** Over these. */
  public Levers(Accounts<A> accounts, Grants<A> grants, SigningKeys keys, Maker<A> maker) {
    this.accounts = accounts;
    this.grants = grants;
    this.keys = keys;
    this.maker = maker;
  }

  /** Each by its name below {@code /control}. */
  public List<ControlAction> actions() {
    return List.of(
        new ControlAction(
            POST, "accounts", "{provider, email, name?, emailVerified?: true}", this::add),
        new ControlAction(DELETE, "accounts", "", ignored -> reset()),
        new ControlAction(
            POST, "grants/revoke", "{provider, email}: as if the person had done so", this::revoke),
        new ControlAction(
            POST,
            "keys/rotate",
            "{provider}: signs with a new key, and publishes the last one still",
            ignored -> new Rotated(keys.rotate())));
  }

  private A add(JsonObject asked) {
    String email = email(asked);
    Object name = asked.getValue("name", email.substring(0, email.indexOf('@')));
    Object verified = asked.getValue("emailVerified", true);
    if (!(name instanceof String text) || text.isBlank()) {
      throw new BadControl("name must be a text");
    }
    if (!(verified instanceof Boolean flag)) {
      throw new BadControl("emailVerified must be true or false");
    }
    A account = maker.make(email, text, flag);
    accounts.put(account);
    return account;
  }

  private Object reset() {
    accounts.reset();
    return null;
  }

  private Revoked revoke(JsonObject asked) {
    String email = email(asked);
    return new Revoked(grants.end(grant -> grant.account().email().equals(email)));
  }

  private static String email(JsonObject asked) {
    if (!(asked.getValue("email") instanceof String text) || !text.matches("[^@\\s]+@[^@\\s]+")) {
      throw new BadControl("email must be an address, for example ada@example.com");
    }
    return text.toLowerCase(Locale.ROOT);
  }
}
