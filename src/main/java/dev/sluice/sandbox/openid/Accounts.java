package dev.sluice.sandbox.openid;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The people one provider knows: always the same at the start, and those added since. */
public final class Accounts<A extends Account> {

  private final List<A> seeded;
  private final List<A> all;

  /** Knows these from the start. */
  public Accounts(List<A> seeded) {
    this.seeded = List.copyOf(seeded);
    this.all = new ArrayList<>(seeded);
  }

  /** Everybody, in the order in which they are offered. */
  public List<A> all() {
    return List.copyOf(all);
  }

  /** Who signs in with that address. */
  public Optional<A> find(String email) {
    String wanted = email.toLowerCase(Locale.ROOT);
    return all.stream().filter(account -> account.email().equals(wanted)).findFirst();
  }

  /** One more, in the place of who had that address. */
  public void put(A account) {
    find(account.email()).ifPresent(all::remove);
    all.add(account);
  }

  /** Forgets those that were added. */
  public void reset() {
    all.clear();
    all.addAll(seeded);
  }
}
