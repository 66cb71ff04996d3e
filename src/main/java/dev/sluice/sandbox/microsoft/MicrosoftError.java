package dev.sluice.sandbox.microsoft;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import dev.sluice.sandbox.openid.Dialect.Words;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The token endpoint's error shape; the description ends with the same facts for people. */
@JsonNaming(SnakeCaseStrategy.class)
record MicrosoftError(
    String error,
    String errorDescription,
    List<Integer> errorCodes,
    String timestamp,
    String traceId,
    String correlationId,
    String errorUri) {

  private static final Pattern NUMBER = Pattern.compile("^AADSTS([0-9]+)");
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss'Z'").withZone(ZoneOffset.UTC);

  static MicrosoftError of(Words words, Instant now) {
    Matcher number = NUMBER.matcher(words.description());
    int code = number.find() ? Integer.parseInt(number.group(1)) : 90000;
    String trace = UUID.randomUUID().toString();
    String correlation = UUID.randomUUID().toString();
    String time = TIME.format(now);
    return new MicrosoftError(
        words.error(),
        words.description()
            + (" Trace ID: " + trace)
            + (" Correlation ID: " + correlation)
            + (" Timestamp: " + time),
        List.of(code),
        time,
        trace,
        correlation,
        "https://login.microsoftonline.com/error?code=" + code);
  }
}
