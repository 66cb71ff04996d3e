package dev.sluice.outward;

import dev.sluice.upstream.Trouble;
import java.time.Duration;

/** Why something was not taken, in words for whoever gave the URL. */
final class Words {
  private Words() {}

  /** Null where the status is one of success. */
  static String of(int status) {
    if (status / 100 == 2) return null;
    if (status == 410) return "The receiver wants no more (410 Gone)";
    if (status / 100 == 3) {
      return "The receiver redirects (" + status + "), which is not followed";
    }
    return "The receiver answered " + status;
  }

  static String late(Duration timeout) {
    return "There was no answer within " + timeout.toMillis() / 1000.0 + " s";
  }

  static String of(Throwable cause) {
    if (cause instanceof Unfit) return "The URL " + cause.getMessage();
    return switch (Trouble.of(cause)) {
      case CONNECTION_REFUSED -> "The connection was refused";
      case CONNECTION_TIMEOUT -> "Connecting took too long";
      case DESTINATION_IP_UNROUTABLE -> "There is no way to the host";
      case TLS_CERTIFICATE_ERROR -> "The host's certificate is not valid, or of another name";
      case TLS_PROTOCOL_ERROR, TLS_ALERT_RECEIVED -> "TLS was not agreed on";
      case HTTP_RESPONSE_HEADER_SECTION_SIZE -> "The head of the answer is too large";
      case HTTP_PROTOCOL_ERROR -> "The answer is no HTTP";
      case CONNECTION_TERMINATED, HTTP_RESPONSE_INCOMPLETE ->
          "The connection was closed before an answer came";
      default -> "The message could not be sent";
    };
  }
}
