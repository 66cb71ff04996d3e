package dev.sluice.conf;

import java.util.List;

/** What is wrong with a configuration, one line a mistake: {@code file:line: reason}. */
public final class InvalidConfiguration extends RuntimeException {
  private static final long serialVersionUID = 1;

  public InvalidConfiguration(String mistake) {
    super(mistake, null, false, false);
  }

  public InvalidConfiguration(List<String> mistakes) {
    this(String.join(System.lineSeparator(), mistakes));
  }
}
