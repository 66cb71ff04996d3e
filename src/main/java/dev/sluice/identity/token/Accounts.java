package dev.sluice.identity.token;

import io.vertx.core.Future;

/** Knows for whom tokens stand here. Any thread may ask. */
public interface Accounts {
  /** Where users are not kept: a token stands for its subject. */
  Accounts OF_TOKENS =
      new Accounts() {
        @Override
        public Account known(Principal whose) {
          return new Account(whose.name(), null, whose.roles(), whose.permissions());
        }

        @Override
        public Future<Account> find(Principal whose) {
          return Future.succeededFuture(known(whose));
        }
      };

  /** Where it is known at once, and nothing has to be said against it; else null. */
  Account known(Principal whose);

  /** Fails with {@link NoToken} where the session has ended, or its user may not sign in. */
  Future<Account> find(Principal whose);
}
