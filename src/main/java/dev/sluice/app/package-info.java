/**
 * What is mounted on the gateway: an app is a contract, migrations and handlers. It is handed an
 * {@link dev.sluice.app.Engine} and never sees another app, a socket or a header.
 */
package dev.sluice.app;
