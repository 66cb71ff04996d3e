package dev.sluice.cache.http;

/**
 * One range of bytes of a stored body, both ends included (RFC 9110 §14).
 *
 * @param from -1 where nothing of the body is in the range
 */
record ByteRange(int from, int to) {
  static final ByteRange UNSATISFIABLE = new ByteRange(-1, -1);

  /**
   * The range a Range field asks for; null where it is to be ignored: no bytes, several, broken.
   */
  static ByteRange of(String field, int length) {
    if (field == null || !field.regionMatches(true, 0, "bytes=", 0, 6)) return null;
    String spec = field.substring(6).trim();
    int dash = spec.indexOf('-');
    if (dash < 0 || spec.indexOf(',') >= 0) return null;
    String first = spec.substring(0, dash).trim();
    String last = spec.substring(dash + 1).trim();
    long to = last.isEmpty() ? Integer.MAX_VALUE : Directives.delta(last);
    if (first.isEmpty()) { // the last bytes
      if (last.isEmpty() || to < 0) return null;
      if (to == 0 || length == 0) return UNSATISFIABLE;
      return new ByteRange((int) Math.max(0, length - to), length - 1);
    }
    long from = Directives.delta(first);
    if (from < 0 || to < from) return null;
    if (from >= length) return UNSATISFIABLE;
    return new ByteRange((int) from, (int) Math.min(to, length - 1));
  }

  int length() {
    return to - from + 1;
  }

  /** As Content-Range says it. */
  String of(int whole) {
    return "bytes " + (from < 0 ? "*" : from + "-" + to) + "/" + whole;
  }
}
