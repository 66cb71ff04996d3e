/**
 * What is said over sockets: sessions, their frames' forms, and how long they live. What a frame
 * asks for is done by those who are handed in; nothing here knows an operation or an app.
 */
package dev.sluice.realtime;
