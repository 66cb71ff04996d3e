package dev.sluice.app.identity;

import dev.sluice.identity.audit.Entry;
import io.vertx.core.json.JsonObject;

/** Entries as lines of a file (RFC 4180). */
final class Csv {
  static final String HEAD =
      "id,timestamp,userId,action,resource,resourceId,result,ipAddress,userAgent,details\r\n";

  private Csv() {}

  static void line(StringBuilder line, Entry entry) {
    cell(line, entry.id()).append(',');
    cell(line, entry.timestamp()).append(',');
    cell(line, entry.userId()).append(',');
    cell(line, entry.action()).append(',');
    cell(line, entry.resource()).append(',');
    cell(line, entry.resourceId()).append(',');
    cell(line, entry.result()).append(',');
    cell(line, entry.ipAddress()).append(',');
    cell(line, entry.userAgent()).append(',');
    cell(line, new JsonObject(entry.details()).encode()).append("\r\n");
  }

  /** A spreadsheet takes what begins so for a formula (CWE-1236). */
  private static StringBuilder cell(StringBuilder line, Object value) {
    String text = value == null ? "" : value.toString();
    if (!text.isEmpty() && "=+-@\t\r".indexOf(text.charAt(0)) >= 0) text = "'" + text;
    if (text.matches("(?s)[^,\"\r\n]*")) return line.append(text);
    return line.append('"').append(text.replace("\"", "\"\"")).append('"');
  }
}
