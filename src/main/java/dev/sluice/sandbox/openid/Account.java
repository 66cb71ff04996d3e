package dev.sluice.sandbox.openid;

/** A person whom a simulated provider knows, by the address they sign in with. */
public interface Account {

  /** The address, in lower case. */
  String email();

  /** What the person is called. */
  String name();
}
