package dev.sluice.cache.http;

import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The three forms of a date in HTTP (RFC 9110 §5.6.7), and nothing that merely looks like one. */
final class HttpDate {
  private static final String DAY = "(?:mon|tue|wed|thu|fri|sat|sun)";
  private static final String LONG_DAY =
      "(?:monday|tuesday|wednesday|thursday|friday|saturday|sunday)";
  private static final String MONTH = "([a-z]{3})";
  private static final String TIME = "(\\d\\d):(\\d\\d):(\\d\\d)";
  private static final Pattern IMF_FIXDATE =
      Pattern.compile(DAY + ", (\\d\\d) " + MONTH + " (\\d{4}) " + TIME + " gmt");
  private static final Pattern RFC_850 =
      Pattern.compile(LONG_DAY + ", (\\d\\d)-" + MONTH + "-(\\d\\d) " + TIME + " gmt");
  private static final Pattern ASCTIME =
      Pattern.compile(DAY + " " + MONTH + " ([ \\d]\\d) " + TIME + " (\\d{4})");
  private static final List<String> MONTHS =
      List.of("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec");

  private HttpDate() {}

  /** Milliseconds since the epoch, or -1 for what is no date. */
  static long parse(String text, long now) {
    if (text == null || text.length() > 40) return -1;
    String date = text.toLowerCase(Locale.ROOT); // senders are sloppy about case
    try {
      Matcher m = IMF_FIXDATE.matcher(date);
      if (m.matches()) return millis(number(m, 3), m.group(2), number(m, 1), time(m, 4));
      m = RFC_850.matcher(date);
      if (m.matches()) {
        return millis(fullYear(number(m, 3), now), m.group(2), number(m, 1), time(m, 4));
      }
      m = ASCTIME.matcher(date);
      if (m.matches()) {
        int day = Integer.parseInt(m.group(2).trim());
        return millis(number(m, 6), m.group(1), day, time(m, 3));
      }
      return -1;
    } catch (DateTimeException noSuchDay) {
      return -1;
    }
  }

  /** More than 50 years ahead is the century before (RFC 9110 §5.6.7). */
  private static int fullYear(int twoDigits, long now) {
    int thisYear = LocalDateTime.ofEpochSecond(now / 1000, 0, ZoneOffset.UTC).getYear();
    int year = thisYear / 100 * 100 + twoDigits;
    return year > thisYear + 50 ? year - 100 : year;
  }

  private static long millis(int year, String month, int day, LocalTime time) {
    LocalDate date = LocalDate.of(year, MONTHS.indexOf(month) + 1, day);
    return date.toEpochSecond(time, ZoneOffset.UTC) * 1000;
  }

  private static LocalTime time(Matcher m, int first) {
    int seconds = Math.min(59, number(m, first + 2)); // a leap second is the one before
    return LocalTime.of(number(m, first), number(m, first + 1), seconds);
  }

  private static int number(Matcher m, int group) {
    return Integer.parseInt(m.group(group));
  }
}
