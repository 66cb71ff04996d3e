/**
 * The HTTP door: from bytes to a {@link dev.sluice.call.Call} and from a {@link
 * dev.sluice.call.Reply} or {@link dev.sluice.call.Failure} to bytes. Knows no app. Read {@link
 * dev.sluice.http.RequestPath} first.
 */
package dev.sluice.http;
