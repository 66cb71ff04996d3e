/**
 * A mail server as the gateway meets one: SMTP submission (RFC 6409) with STARTTLS and a login, as
 * strict as those out there. What it takes goes nowhere; it is read over the sandbox's HTTP port
 * below {@code /mail/messages}, as a person would open a mailbox.
 */
package dev.sluice.sandbox.mail;
