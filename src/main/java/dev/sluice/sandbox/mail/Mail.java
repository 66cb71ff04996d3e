package dev.sluice.sandbox.mail;

import java.util.List;
import java.util.Map;

/**
 * One mail that was taken.
 *
 * @param from as its header says
 * @param to whom it was handed in for, as the envelope says
 * @param date when it was taken, ISO 8601
 * @param text its text/plain part; null without one
 * @param html its text/html part; null without one
 * @param headers all header fields, each with its values, decoded
 * @param tls whether it came encrypted
 */
record Mail(
    String id,
    String from,
    List<String> to,
    String subject,
    String date,
    String text,
    String html,
    Map<String, List<String>> headers,
    boolean tls) {}
