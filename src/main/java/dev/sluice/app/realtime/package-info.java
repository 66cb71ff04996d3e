/** The sockets of clients: where they are, who may open them, and what their frames look like. */
package dev.sluice.app.realtime;
