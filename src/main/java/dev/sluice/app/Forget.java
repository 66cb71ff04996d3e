package dev.sluice.app;

import dev.sluice.bus.Address;

/** Asks an app to remove all that it keeps of a user, who is no more. */
record Forget(String user) {

  static Address<Forget, Forgotten> address(String app) {
    return Address.local("forget." + app, Forget.class, Forgotten.class);
  }
}
