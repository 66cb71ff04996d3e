/**
 * WebSockets (RFC 6455) as their server ends them: frames, messages, compression (RFC 7692), the
 * handshake. What is said over them is others' business.
 */
package dev.sluice.websocket;
