package dev.sluice.identity.user;

/** What somebody else says a user is called; either may be null. */
public record Names(String first, String last) {
  public static final Names NONE = new Names(null, null);
}
