/**
 * Outgoing mail: handed to the operator's own mail server (RFC 6409), encrypted, a few at a time,
 * and once more where it says that it might take it later. Transport only: what a mail says, and to
 * whom one may be sent, is for those above who ask.
 */
package dev.sluice.provider.email;
